"""Files at an fsspec address: S3 and what speaks like it, SFTP, a network drive. The only module that knows fsspec.

It is imported when a setting asks for such an address, and by nothing else.
"""

from __future__ import annotations

import errno
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

from pipeline.addresses import without_secrets
from pipeline.errors import OriginalsAway, PackageMissing
from pipeline.originals.incoming import here

T = TypeVar("T")
CHUNK = 2**20
BLOCK = 8 * 2**20
"""Bytes of one request while a file is read."""
S3 = ("s3", "s3a")
WHOLE_AT_ONCE = (*S3, "gs", "gcs", "abfs", "abfss", "az", "oss")
"""Object stores: a file appears when all of it is there, and moving one is copying it. Elsewhere a file is written
under a name of its own, and moved."""
TRIES = 3
PAUSES = (0.5, 2.0)
"""Seconds between the tries."""
ABANDONED = 24 * 3600.0
S3_TIMES = {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": TRIES}}
INCOMING = ".incoming"


class NotThere(Exception):
    """The store has no such file; a `FileNotFoundError` would be one of this machine's."""


class Store:
    """The files under one address, by names such as `ab/abcd…`.

    Every method raises `OriginalsAway` when the store cannot be reached or refuses, after a few tries.
    """

    def __init__(self, url: str, options: Mapping[str, Any]) -> None:
        self.shown = without_secrets(url)
        self._url, self._options = url, dict(options)
        self._protocol = url.partition("://")[0].lower()
        self._found = False

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file. Raises `NotThere`."""
        path = self._path(name)
        try:
            with self._ask(lambda: self._files.open(path, "rb", block_size=BLOCK)) as stream:
                while chunk := self._ask(lambda: stream.read(CHUNK)):
                    yield chunk
        except FileNotFoundError as error:
            self.check()
            raise NotThere(name) from error

    def put(self, source: Path, name: str, anew: bool = False) -> None:
        """Make a file of these bytes, visible only when whole. One that is there stays, unless it is made `anew`."""
        try:
            if self._protocol in WHOLE_AT_ONCE:
                self._put_whole(source, self._path(name), anew)
            else:
                self._put_aside(source, name, anew)
        except FileNotFoundError as error:
            raise self._away(error) from error

    def folders(self) -> list[str]:
        """The names of the folders of two digits, in order."""
        return [name for name in self._names("") if len(name) == 2]

    def names(self, folder: str) -> list[str]:
        """The names of the files in a folder, in order."""
        return self._names(folder)

    def remove(self, name: str) -> None:
        """Remove a file; harmless when there is none."""
        try:
            self._ask(lambda: self._files.rm_file(self._path(name)))
        except FileNotFoundError:
            return

    def sweep(self) -> None:
        """Remove what was uploaded in part, by whomever, and not gone on with for a day."""
        if self._protocol in WHOLE_AT_ONCE:
            return  # parts of an upload are the bucket's to forget (docs/team.md)
        for name in self._names(INCOMING):
            begun = name.partition("-")[0]
            if not begun.isdecimal() or time.time() - int(begun) > ABANDONED:
                self.remove(f"{INCOMING}/{name}")

    def check(self) -> None:
        """Whether the bucket is there: a file that is not in it would be taken for lost otherwise."""
        if self._protocol in S3 and not self._found:
            self._found_bucket()

    def _found_bucket(self) -> None:
        bucket = self._root.partition("/")[0]
        try:
            self._ask(lambda: self._files.call_s3("head_bucket", Bucket=bucket))
        except FileNotFoundError as error:
            raise self._away(error, f"there is no bucket {bucket}") from error
        self._found = True

    def _put_whole(self, source: Path, path: str, anew: bool) -> None:
        if anew or self._protocol not in S3:
            self._ask(lambda: self._files.put_file(str(source), path))
            return
        try:  # the store itself refuses to write over a file that another machine just made
            self._ask(lambda: self._files.put_file(str(source), path, mode="create"), passed=(OSError,))
        except FileExistsError:
            return
        except OSError as error:
            if error.errno != errno.ENOSYS:
                raise self._away(error) from error
            self._ask(lambda: self._files.put_file(str(source), path))  # it speaks S3 without that condition

    def _put_aside(self, source: Path, name: str, anew: bool) -> None:
        begun = f"{INCOMING}/{int(time.time())}-{here()}-{uuid.uuid4().hex}"
        aside, path = self._path(begun), self._path(name)
        for folder in (aside.rpartition("/")[0], path.rpartition("/")[0]):
            self._ask(partial(self._files.makedirs, folder, exist_ok=True))
        self._ask(lambda: self._files.put_file(str(source), aside))
        try:
            self._ask(lambda: self._files.mv(aside, path))
        except OriginalsAway:  # some places (SMB) move nothing over a file that is there
            if not self._ask(lambda: self._files.exists(path)):
                raise
            if anew:
                self.remove(name)
                self._ask(lambda: self._files.mv(aside, path))
            else:  # another machine was quicker
                self.remove(begun)

    def _names(self, folder: str) -> list[str]:
        path = self._path(folder).rstrip("/")
        self._files.invalidate_cache()
        try:
            found = self._ask(lambda: self._files.ls(path, detail=False))
        except FileNotFoundError:
            self.check()
            return []
        return sorted(str(each).rstrip("/").rpartition("/")[2] for each in found)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    @property
    def _files(self) -> Any:
        return self._opened[0]

    @property
    def _root(self) -> str:
        return self._opened[1]

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        """fsspec's file system, and the path of our folder in it."""
        try:
            from fsspec.core import url_to_fs

            options = _with_defaults(self._protocol, self._options)
            files, root = url_to_fs(self._url, skip_instance_cache=True, **options)
        except ImportError as error:
            raise PackageMissing(f"{self.shown} needs a package that is not installed.") from error
        except (ValueError, TypeError) as error:
            raise OriginalsAway(
                f"{self.shown} cannot be used: {without_secrets(str(error))}.",
                "Correct originals in settings.yaml.",
            ) from error
        return files, str(root).rstrip("/")

    def _ask(self, what: Callable[[], T], passed: tuple[type[Exception], ...] = (FileNotFoundError,)) -> T:
        """What the store answers; only errors in `passed` come through as they are."""
        tries = 1 if self._protocol in S3 else TRIES  # s3fs and botocore try again by themselves
        for at in range(tries):
            try:
                return what()
            except passed:
                raise
            except PermissionError as error:
                raise self._away(error) from error
            except Exception as error:  # each of its many packages has errors of its own
                if at + 1 == tries:
                    raise self._away(error) from error
                time.sleep(PAUSES[at])
        raise AssertionError

    def _away(self, error: Exception, said: str = "") -> OriginalsAway:
        said = said or without_secrets(f"{type(error).__name__}: {error}".splitlines()[0][:300])
        return OriginalsAway(f"The originals at {self.shown} cannot be reached: {said}.")


def _with_defaults(protocol: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options with bounds on time; what the settings say goes before them."""
    if protocol not in S3:
        return dict(options)
    times = {**S3_TIMES, **options.get("config_kwargs", {})}
    return {"use_listings_cache": False, **options, "config_kwargs": times}
