"""Sources that lay files down: a folder on this machine, or a bucket of an S3-compatible store."""

import fnmatch
import hashlib
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, Protocol
from urllib.parse import urlsplit

from sextant.metrics.connectors.contracts import FoundFile, Meter, SecretReader, SourceFailed
from sextant.metrics.connectors.document import FilesSource
from sextant.metrics.connectors.hosts import judged_address
from sextant.metrics.connectors.places import below

_CHUNK = 1024 * 1024


class Store(Protocol):
    """Where files lie: names below the source's folder, oldest first."""

    def names(self, *, unchanged_since: datetime) -> list[str]:
        """Names of files that match, and were not changed after that moment, oldest first."""
        ...

    def fetch(self, name: str, target: Path) -> int:
        """Copy a file to `target`; its size in bytes."""
        ...

    def move(self, name: str, target: str) -> None:
        """Move a file into the archive under the name `target`."""
        ...


class FilesDriver:
    """Offers the files of a `FilesSource`. Every file is read from a copy, so that what is
    recorded is what was read, however the original changes meanwhile."""

    def __init__(self, source: FilesSource, *, store: Store, work_folder: Path, now: datetime) -> None:
        self._source = source
        self._store = store
        self._work_folder = work_folder
        self._now = now

    def files(self, *, meter: Meter) -> Iterator[FoundFile]:
        """See FileDriver. The path of a file is good until the next one is asked for."""
        settled = self._now - timedelta(seconds=self._source.settle_seconds)
        self._work_folder.mkdir(parents=True, exist_ok=True)
        for name in self._store.names(unchanged_since=settled):
            with tempfile.TemporaryDirectory(dir=self._work_folder, prefix="fetched-") as folder:
                # the suffix stays: it says what kind of file this is
                path = Path(folder) / f"file{PurePosixPath(name).suffix.lower()}"
                meter.requests += 1
                meter.bytes += self._store.fetch(name, path)
                if meter.bytes > self._source.limits.megabytes * 1024 * 1024:
                    raise SourceFailed("too_many_bytes", megabytes=self._source.limits.megabytes)
                with path.open("rb") as file:
                    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                yield FoundFile(name, path, sha256)

    def archive(self, file: FoundFile) -> None:
        """Move the original to the archive, under a name that no earlier file of the same name has."""
        if self._source.archive is None:
            return
        suffix = PurePosixPath(file.name).suffix
        target = f"{file.name.removesuffix(suffix)}-{self._now:%Y%m%dT%H%M%S}-{file.sha256[:8]}{suffix}"
        self._store.move(file.name, target)


class FolderStore:
    """A folder below the operator's root. Links that lead out of it are not followed."""

    def __init__(self, source: FilesSource, *, root: Path) -> None:
        self._source = source
        self._root = root
        self._folder = below(root, source.folder)
        if not self._folder.is_dir():
            raise SourceFailed("folder_missing", folder=source.folder)

    def names(self, *, unchanged_since: datetime) -> list[str]:
        """See Store."""
        found = []
        for path in self._folder.glob(self._source.glob):
            if path.name.startswith(".") or not path.is_file():
                continue
            below(self._root, str(path.relative_to(self._root.resolve())))
            modified = path.stat().st_mtime
            if modified <= unchanged_since.timestamp():
                found.append((modified, path.name))
        return [name for _, name in sorted(found)]

    def fetch(self, name: str, target: Path) -> int:
        """See Store."""
        with _readable(name):
            shutil.copyfile(below(self._folder, name), target)
            return target.stat().st_size

    def move(self, name: str, target: str) -> None:
        """See Store."""
        with _readable(name):
            archive = below(self._root, self._source.archive or "")
            archive.mkdir(parents=True, exist_ok=True)
            (self._folder / name).replace(archive / target)


class ArrowStore:
    """A bucket, through the file systems of Arrow."""

    def __init__(self, source: FilesSource, filesystem: Any, *, bucket: str) -> None:
        self._source = source
        self._filesystem = filesystem
        self._bucket = bucket
        self._folder = PurePosixPath(bucket) / source.folder.strip("/")
        self._archive = PurePosixPath(bucket) / (source.archive or "").strip("/")

    def names(self, *, unchanged_since: datetime) -> list[str]:
        """See Store."""
        from pyarrow import fs

        with _readable(str(self._folder)):
            # a bucket is asked for first: a wrong name would look like one in which nothing new lies
            if self._filesystem.get_file_info(self._bucket).type == fs.FileType.NotFound:
                raise SourceFailed("bucket_missing", bucket=self._bucket)
            entries = self._filesystem.get_file_info(fs.FileSelector(str(self._folder), allow_not_found=True))
        found = [
            (entry.mtime_ns or 0, entry.base_name)
            for entry in entries
            if entry.type == fs.FileType.File and fnmatch.fnmatchcase(entry.base_name, self._source.glob)
        ]
        latest = int(unchanged_since.timestamp() * 1_000_000_000)
        return [name for modified, name in sorted(found) if modified <= latest]

    def fetch(self, name: str, target: Path) -> int:
        """See Store."""
        most = self._source.limits.megabytes * 1024 * 1024
        size = 0
        with (
            _readable(name),
            self._filesystem.open_input_stream(str(self._folder / name)) as origin,
            target.open("wb") as file,
        ):
            while chunk := origin.read(_CHUNK):
                size += len(chunk)
                if size > most:
                    raise SourceFailed("too_many_bytes", megabytes=self._source.limits.megabytes)
                file.write(chunk)
        return size

    def move(self, name: str, target: str) -> None:
        """See Store."""
        with _readable(name):
            self._filesystem.create_dir(str(self._archive), recursive=True)
            self._filesystem.move(str(self._folder / name), str(self._archive / target))


def open_store(source: FilesSource, *, root: Path, secrets: SecretReader, allowed_hosts: Collection[str] = ()) -> Store:
    """The store a source names. Raises SourceFailed."""
    if source.s3 is None:
        return FolderStore(source, root=root)
    if source.s3.endpoint is not None:
        parts = urlsplit(source.s3.endpoint)
        judged_address(parts.hostname or "", parts.port or 443, allowed=allowed_hosts)
    from pyarrow import fs

    scheme, _, host = (source.s3.endpoint or "https://").partition("://")
    filesystem = fs.S3FileSystem(
        access_key=source.s3.access_key,
        secret_key=secrets(source.s3.secret),
        region=source.s3.region,
        endpoint_override=host.rstrip("/") or None,
        scheme=scheme,
        connect_timeout=source.limits.connect_seconds,
        request_timeout=source.limits.read_seconds,
    )
    return ArrowStore(source, filesystem, bucket=source.s3.bucket)


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourceFailed("file_unreadable", file=name, detail=str(error).partition("\n")[0][:200]) from error
