"""Channels outside the product, a file each: how a message is handed over, and what the other side's answer means.

`opening.open_sender` opens one. Adding a channel: a file with a sender, its fields in `fields.py`, a line in
`opening.py`, its name in `contracts.ChannelKind` and `messages.py`, a stub of its API in the tests.
"""
