"""How much memory a measured process needed."""

import resource
from pathlib import Path


def peak_mib() -> int:
    """Most mebibytes this process ever held."""
    status = Path("/proc/self/status")
    if status.is_file():
        # getrusage would count the parent's pages from before exec
        fields = dict(line.split(":", 1) for line in status.read_text(encoding="ascii").splitlines() if ":" in line)
        return int(fields["VmHWM"].split()[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 * 1024)
