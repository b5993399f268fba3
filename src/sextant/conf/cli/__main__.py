"""`python -m sextant.conf.cli`, the way `serve` starts its own worker."""

from sextant.conf.cli.root import main

main()
