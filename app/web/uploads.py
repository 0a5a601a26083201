"""Uploads: forms with files, written to the disk as they come in, within limits, never under the names they bear."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from app.web.options import ServeOptions
from app.web.replies import UploadRefused, WebError
from pipeline.errors import DiskFull
from pipeline.intake import readable

PIECE = 2**20
"""Bytes that are gathered before they are written: in a thread, since disks are slow."""
LONGEST_FIELD, MOST_FIELDS, LONGEST_HEAD = 10_000, 20, 8_000
KEPT_FREE = 2**30
"""Bytes of the disk that an upload leaves free."""
CUT_OFF = "The form was cut off."


class BadUpload(WebError):
    code = "upload_unreadable"
    status = 400
    hint = "Send a form (multipart/form-data) with one or more files in the field `files`."


@dataclass
class Upload:
    """What a form held: the fields, and the names of the files, which lie in `folder` as 000000, 000001, …

    `sent_as` are the names of the fields under which the files came.
    """

    folder: Path
    fields: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    sent_as: list[str] = field(default_factory=list)


async def receive(request: Request, folder: Path, options: ServeOptions, file_bytes: int) -> Upload:
    """Take a form in; `file_bytes` is how large one file may be. Nothing is left in `folder` when it fails.

    Raises `BadUpload`, `UploadRefused`, `DiskFull`.
    """
    kind, given = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not given.get(b"boundary"):
        raise BadUpload("The upload is no form with files.")
    most = options.upload_mib * 2**20
    _check_length(request, most)
    _check_space(folder.parent, int(request.headers.get("content-length", 0)))
    form = _Form(folder, most, file_bytes, options.upload_files)
    try:
        await run_in_threadpool(folder.mkdir, parents=True)
        parser = MultipartParser(given[b"boundary"], form.callbacks())
        waiting = bytearray()
        async for chunk in request.stream():
            waiting += chunk
            if len(waiting) >= PIECE:
                await run_in_threadpool(form.feed, parser, bytes(waiting))
                waiting.clear()
        await run_in_threadpool(form.feed, parser, bytes(waiting))
        return form.whole()
    except BaseException as error:  # also when the one who sends goes away
        form.close()
        await run_in_threadpool(shutil.rmtree, folder, ignore_errors=True)
        if isinstance(error, ClientDisconnect):  # whoever sent it is gone: no fault of the server
            raise BadUpload(CUT_OFF) from None
        raise


def _check_length(request: Request, most: int) -> None:
    said = request.headers.get("content-length", "0")
    if not said.isdecimal() or int(said) > most:
        raise UploadRefused(f"The upload is larger than {most // 2**20} MiB.")


def _check_space(folder: Path, wanted: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < wanted + KEPT_FREE:
        raise DiskFull("The disk of the workspace has no room for the upload.")


class _Form:
    """Takes the parts of a form apart as they come."""

    def __init__(self, folder: Path, most: int, file_bytes: int, most_files: int) -> None:
        self._upload = Upload(folder)
        self._most, self._file_bytes, self._most_files = most, file_bytes, most_files
        self._taken = self._size = self._head_size = 0
        self._head_name = self._head_value = b""
        self._head: dict[bytes, bytes] = {}
        self._file: IO[bytes] | None = None
        self._field: tuple[str, bytearray] | None = None
        self._ended = False

    def callbacks(self) -> Any:
        """What the parser calls."""
        return {
            "on_part_begin": self._part_begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def feed(self, parser: MultipartParser, data: bytes) -> None:
        """Take bytes in."""
        self._taken += len(data)
        if self._taken > self._most:
            raise UploadRefused(f"The upload is larger than {self._most // 2**20} MiB.")
        if shutil.disk_usage(self._upload.folder).free < KEPT_FREE:
            raise DiskFull("The disk of the workspace has no room for the upload.")
        try:
            parser.write(data)
        except FormParserError as error:
            raise BadUpload(f"The form cannot be read: {error}.") from error

    def whole(self) -> Upload:
        """The upload, once all of it is there."""
        if not self._ended:
            raise BadUpload(CUT_OFF)
        return self._upload

    def close(self) -> None:
        """Let go of the file in hand."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _part_begin(self) -> None:
        self._head, self._head_size, self._size = {}, 0, 0

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._head_name += self._of_head(data, start, end)

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._head_value += self._of_head(data, start, end)

    def _of_head(self, data: bytes, start: int, end: int) -> bytes:
        self._head_size += end - start
        if self._head_size > LONGEST_HEAD:
            raise BadUpload("A part of the form has too long a head.")
        return data[start:end]

    def _header_end(self) -> None:
        self._head[self._head_name.lower()] = self._head_value
        self._head_name = self._head_value = b""

    def _headers_finished(self) -> None:
        _, given = parse_options_header(self._head.get(b"content-disposition", b""))
        name = given.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in given:
            self._begin_file(name, given[b"filename"].decode("utf-8", "replace"))
            return
        if len(self._upload.fields) >= MOST_FIELDS:
            raise BadUpload("The form has too many fields.")
        self._field = (name, bytearray())

    def _begin_file(self, sent_as: str, name: str) -> None:
        if not name:  # a form whose field for files was left empty
            return
        if len(self._upload.names) >= self._most_files:
            raise UploadRefused(f"The upload holds more than {self._most_files} files.")
        self._file = (self._upload.folder / f"{len(self._upload.names):06}").open("xb")
        self._upload.names.append(shown_name(name))
        self._upload.sent_as.append(sent_as)

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        if self._file is not None:
            if self._size > self._file_bytes:
                said = f"{self._upload.names[-1]} is larger than {self._file_bytes // 2**20} MiB"
                raise UploadRefused(f"{said} (limits.file_mib).")
            self._file.write(data[start:end])
        elif self._field is not None:
            if self._size > LONGEST_FIELD:
                raise BadUpload(f"The field {self._field[0][:40]!r} is too long.")
            self._field[1].extend(data[start:end])

    def _part_end(self) -> None:
        self.close()
        if self._field is not None:
            name, value = self._field
            self._upload.fields[name] = value.decode("utf-8", "replace")
            self._field = None

    def _end(self) -> None:
        self._ended = True


def shown_name(untrusted: str) -> str:
    """The path that a browser gives a file, as people read it: no root, no way up, nothing that controls a terminal.

    It is told of the document and never opened.
    """
    parts = [part.strip() for part in readable(untrusted).replace("\\", "/").split("/")]
    kept = [part[:255] for part in parts if part not in ("", ".", "..")]
    return "/".join(kept[-20:]) or "file"
