"""Asking a time-stamp authority over HTTP (RFC 3161, section 3.4). The only thing that goes out is a hash."""

from __future__ import annotations

import http.client
import time
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any

from cryptography import x509
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from pipeline.clock import now
from pipeline.errors import TimestampFailed
from pipeline.timestamps.token import LARGEST, BadStamp, Stamp, checked, decoded

Ask = Callable[[bytes], bytes]
"""Gives the reply of an authority for the bytes that it is to stamp. Raises `TimestampFailed`."""
_CHUNK = 2**14


def asking(url: str, seconds: float, roots: Sequence[x509.Certificate] = ()) -> Ask:
    """Asks this authority, and proves its answer before handing it over; `seconds` is the time for all of it."""

    def ask(data: bytes) -> bytes:
        request = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
        raw = _posted(url, request.as_bytes(), seconds)
        try:
            proved(raw, data, roots)
            if decoded(raw).tst_info.nonce != request.nonce:
                raise BadStamp("answers another question: its nonce is not ours")
        except BadStamp as error:
            raise TimestampFailed(f"What {url} answered {error}.") from error
        return raw

    return ask


def proved(raw: bytes, data: bytes, roots: Sequence[x509.Certificate]) -> Stamp:
    """The stamp, checked now. Raises `BadStamp`."""
    return checked(raw, data, roots, now())


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """An authority is asked where the person said, and nowhere else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Refuses, which urllib tells as an error."""


def _posted(url: str, body: bytes, seconds: float) -> bytes:
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    request = urllib.request.Request(url, body, headers)  # noqa: S310  the settings take http and https only
    until = time.monotonic() + seconds
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=seconds) as reply:
            return _read(reply, until)
    except (OSError, http.client.HTTPException, ValueError) as error:
        why = getattr(error, "reason", None) or error
        raise TimestampFailed(f"The time-stamp authority {url} gave no stamp: {why}.") from error


def _read(reply: http.client.HTTPResponse, until: float) -> bytes:
    """The whole reply, unless it is too long or takes too long: one that comes in drops must not hold a run up."""
    parts: list[bytes] = []
    while part := reply.read1(_CHUNK):
        parts.append(part)
        if sum(map(len, parts)) > LARGEST:
            raise OSError("the answer is larger than a time stamp is")
        if time.monotonic() > until:
            raise TimeoutError("the answer took too long")
    return b"".join(parts)
