"""A time stamp (RFC 3161) read and checked, offline: imprint, signature, chain, purpose of the certificate, time."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import re
import ssl
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from cryptography import x509
from rfc3161_client import TimeStampResponse, VerificationError, VerifierBuilder, decode_timestamp_response

LARGEST = 2**18
"""Bytes of a reply above which it is not read; with a long chain one has some 20,000."""
SHA256 = "2.16.840.1.101.3.4.2.1"
EARLY = datetime.timedelta(days=1)
"""A clock of ours may be slow by so much."""
_UNREADABLE = "is no time stamp that can be read"
_GRANTED = 0
_CERTIFICATES = 0xA0
_WHY = re.compile(r"Verify error: ([^\"\\]+)")
_OUT_OF_DATE = ("certificate has expired", "certificate is not yet valid")
_NO_ISSUER = (
    "unable to get",
    "self-signed",
    "self signed",
    "unable to verify the first",
    "certificate signature failure",
)


class BadStamp(Exception):
    """What is wrong with a time stamp, in words that follow its name: "was changed"."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp that holds. `at` is aware, UTC; `authority` the subject of the certificate that signed it, `note`
    what a reader should know of who vouches for that certificate, empty where a named CA does."""

    at: datetime.datetime
    authority: str
    serial: int
    policy: str
    note: str = ""


def read_certificates(pem: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM file. Raises `ValueError` where there is none."""
    return tuple(x509.load_pem_x509_certificates(pem))


def decoded(raw: bytes) -> TimeStampResponse:
    """A reply of an authority. Raises `BadStamp` for what is none, or says that no stamp was given."""
    if len(raw) > LARGEST:
        raise BadStamp("is larger than a time stamp is")
    try:
        found = decode_timestamp_response(_in_der_order(raw))
        if found.status != _GRANTED:
            raise BadStamp(
                f"was not granted by the authority: {'; '.join(found.status_string) or found.status}"
            )
        found.tst_info.message_imprint  # noqa: B018  what has a status but no token fails here
    except (ValueError, TypeError, OverflowError) as error:
        raise BadStamp(_UNREADABLE) from error
    return found


def checked(raw: bytes, data: bytes, roots: Sequence[x509.Certificate], now: datetime.datetime) -> Stamp:
    """The stamp that proves `data`. Raises `BadStamp` saying what is wrong.

    `roots` are certificates that a person trusts. Where there are none, the system's count, and last one that the token
    itself brings: then the note says so. A certificate need be valid at the time of the stamp, not today (RFC 3161,
    appendix B).
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd certificates are no concern of who verifies
            return _proved(raw, data, roots, now)
    except BadStamp:
        raise
    except Exception as error:  # parts of a token are read only when they are asked for, and may fail there
        raise BadStamp(_UNREADABLE) from error


def _proved(raw: bytes, data: bytes, roots: Sequence[x509.Certificate], now: datetime.datetime) -> Stamp:
    found = decoded(raw)
    info = found.tst_info
    if info.message_imprint.hash_algorithm.dotted_string != SHA256:
        raise BadStamp("was made over another kind of hash than SHA-256")
    if info.message_imprint.message != hashlib.sha256(data).digest():
        raise BadStamp("is the stamp of something else: its imprint is not the hash of what it stands for")
    brought = [x509.load_der_x509_certificate(der) for der in found.signed_data.certificates]
    note = _trust(found, data, roots, brought)
    at = info.gen_time.astimezone(datetime.UTC)
    if at > now + EARLY:
        raise BadStamp(f"states a time that has not come: {at:%Y-%m-%d %H:%M:%S} UTC")
    return Stamp(at, _signer(found, brought), info.serial_number, info.policy.dotted_string, note)


def _trust(
    found: TimeStampResponse,
    data: bytes,
    roots: Sequence[x509.Certificate],
    brought: Sequence[x509.Certificate],
) -> str:
    """Proves signature and chain; returns the note on who vouches."""
    if roots:
        _verify(found, data, roots)
        return ""
    try:
        _verify(found, data, _system_roots())
        return (
            "its certificate leads to one that this system trusts; name the authority's CA to be sure of it"
        )
    except BadStamp:
        own = [one for one in brought if one.issuer == one.subject]
        if not own:
            raise
        _verify(found, data, own)
        return "nobody but itself vouches for its certificate: name the authority's CA (--ca, timestamp.ca)"


def _verify(found: TimeStampResponse, data: bytes, roots: Sequence[x509.Certificate]) -> None:
    ends = [one for one in roots if one.issuer == one.subject]
    between = [one for one in roots if one.issuer != one.subject]
    if not ends:
        raise BadStamp("cannot be checked: the CA given has no root certificate (one that signed itself)")
    try:
        VerifierBuilder(roots=ends, intermediates=between).build().verify_message(found, data)
    except (VerificationError, ValueError) as error:
        raise BadStamp(_reason(str(error))) from error


def _reason(said: str) -> str:
    told = _WHY.search(said)
    why = told[1] if told else ""
    if any(word in why for word in _OUT_OF_DATE):
        return "its certificate was not valid at the time that it states"
    if any(word in why for word in _NO_ISSUER):
        return "was signed by an authority that the given CA does not vouch for"
    if "EKU" in said or "purpose" in why:
        return "its certificate is not one for time stamping"
    if "signature" in said or "digest" in said:
        return "its signature is not right: it was changed after it was made"
    return f"cannot be trusted: {why or said[:200]}"


def _signer(found: TimeStampResponse, brought: Sequence[x509.Certificate]) -> str:
    for info in found.signed_data.signer_infos:
        for one in brought:
            if (one.issuer, one.serial_number) == (info.issuer, info.serial_number):
                return one.subject.rfc4514_string()
    return "?"


@cache
def _system_roots() -> tuple[x509.Certificate, ...]:
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # old roots with odd serial numbers are no concern of who verifies a stamp
        for der in ssl.create_default_context().get_ca_certs(binary_form=True):
            with contextlib.suppress(ValueError):
                found.append(x509.load_der_x509_certificate(der))
    return tuple(found)


def _in_der_order(raw: bytes) -> bytes:
    """The reply with its certificates in the order that DER asks for.

    OpenSSL, and so many an authority, writes them in chain order, which a strict parser refuses. They lie outside
    of what is signed: SEQ{status, SEQ{oid, [0]{SEQ{version, digests, content, [0]{certificates}, …}}}}.
    """
    try:
        tag, start, end = _certificates(raw)
        parts, at = [], start
        while at < end:
            _, _, after = _element(raw, at)
            parts.append(raw[at:after])
            at = after
    except IndexError:
        return raw  # cut off, or a refusal, which has no token
    return raw[:start] + b"".join(sorted(parts)) + raw[end:] if (tag, at) == (_CERTIFICATES, end) else raw


def _certificates(raw: bytes) -> tuple[int, int, int]:
    """The element of the certificates, or what stands in its place."""
    _, reply, _ = _element(raw, 0)
    _, _, token = _element(raw, reply)
    _, oid, _ = _element(raw, token)
    _, _, content = _element(raw, oid)
    _, signed, _ = _element(raw, content)
    _, at, _ = _element(raw, signed)
    for _ in range(3):
        _, _, at = _element(raw, at)
    return _element(raw, at)


def _element(raw: bytes, at: int) -> tuple[int, int, int]:
    """Tag, start of the content and end of the DER element at `at`. Raises `IndexError` past the end."""
    tag, length, start = raw[at], raw[at + 1], at + 2
    if length & 0x80:
        digits = length & 0x7F
        length, start = int.from_bytes(raw[start : start + digits], "big"), start + digits
    if start + length > len(raw):
        raise IndexError("cut off")
    return tag, start, start + length
