"""A time-stamp authority for tests: certificates, tokens in DER (RFC 3161), and a real HTTP server on loopback."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)
SHA256, SHA512 = "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.3"
TST_INFO, SIGNED_DATA = "1.2.840.113549.1.9.16.1.4", "1.2.840.113549.1.7.2"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE = (
    "1.2.840.113549.1.9.3",
    "1.2.840.113549.1.9.4",
    "1.2.840.113549.1.9.16.2.47",
)
ECDSA_SHA256 = "1.2.840.10045.4.3.2"
SEQUENCE, SET, INTEGER, OCTETS, OID, TIME, TEXT = 0x30, 0x31, 0x02, 0x04, 0x06, 0x18, 0x0C


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + content


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    out = bytearray([40 * first + second])
    for number in rest:
        septets = [number & 0x7F]
        while number := number >> 7:
            septets.append(number & 0x7F | 0x80)
        out += bytes(reversed(septets))
    return der(OID, bytes(out))


def integer(value: int) -> bytes:
    return der(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def asked(query: bytes) -> tuple[bytes, int]:
    """The hash and the nonce of a request that was made over SHA-256."""
    at = query.index(b"\x04\x20") + 2
    size = query[at + 33]
    return query[at : at + 32], int.from_bytes(query[at + 34 : at + 34 + size], "big")


@dataclass
class Identity:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def identity(
    name: str,
    issuer: Identity | None = None,
    usage: x509.ObjectIdentifier | None = ExtendedKeyUsageOID.TIME_STAMPING,
    critical: bool = True,
    valid: tuple[datetime.datetime, datetime.datetime] | None = None,
) -> Identity:
    """A CA where there is no issuer, else a certificate that it issued."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start, end = valid or (now() - 10 * DAY, now() + 100 * DAY)
    made = (
        x509.CertificateBuilder(subject_name=subject, public_key=key.public_key())
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer and usage:
        made = made.add_extension(x509.ExtendedKeyUsage([usage]), critical=critical)
    return Identity(made.sign(issuer.key if issuer else key, hashes.SHA256()), key)


@dataclass
class Authority:
    """Makes tokens. What a test wants wrong it says in `reply`."""

    ca: Identity = field(default_factory=lambda: identity("Test Root"))
    signer: Identity | None = None
    serial: int = 0

    def __post_init__(self) -> None:
        self.signer = self.signer or identity("Test Stamps", self.ca)

    def reply(
        self,
        digest: bytes,
        nonce: int | None = None,
        at: datetime.datetime | None = None,
        algorithm: str = SHA256,
        with_ca: bool = True,
    ) -> bytes:
        """A granted response for this hash."""
        assert self.signer is not None
        self.serial += 1
        parts = [
            integer(1),
            oid("1.3.6.1.4.1.4146.2.3"),
            der(SEQUENCE, der(SEQUENCE, oid(algorithm)), der(OCTETS, digest)),
            integer(self.serial),
            der(TIME, f"{at or now():%Y%m%d%H%M%SZ}".encode()),
            *([integer(nonce)] if nonce is not None else []),
        ]
        return der(SEQUENCE, der(SEQUENCE, integer(0)), self._token(der(SEQUENCE, *parts), with_ca))

    def _token(self, info: bytes, with_ca: bool) -> bytes:
        assert self.signer is not None
        own = self.signer.certificate
        raw = own.public_bytes(serialization.Encoding.DER)
        digest = der(SEQUENCE, oid(SHA256))
        named = der(SEQUENCE, der(SEQUENCE, der(SEQUENCE, der(OCTETS, hashlib.sha256(raw).digest()))))
        attributes = b"".join(
            sorted(
                [
                    der(SEQUENCE, oid(CONTENT_TYPE), der(SET, oid(TST_INFO))),
                    der(SEQUENCE, oid(MESSAGE_DIGEST), der(SET, der(OCTETS, hashlib.sha256(info).digest()))),
                    der(SEQUENCE, oid(SIGNING_CERTIFICATE), der(SET, named)),
                ]
            )
        )
        signature = self.signer.key.sign(der(SET, attributes), ec.ECDSA(hashes.SHA256()))
        signer = der(
            SEQUENCE,
            integer(1),
            der(SEQUENCE, own.issuer.public_bytes(), integer(own.serial_number)),
            digest,
            der(0xA0, attributes),
            der(SEQUENCE, oid(ECDSA_SHA256)),
            der(OCTETS, signature),
        )
        # the signer's first, as OpenSSL writes them: an order that DER does not allow
        brought = sorted(
            [raw, *([self.ca.certificate.public_bytes(serialization.Encoding.DER)] if with_ca else [])]
        )
        content = der(SEQUENCE, oid(TST_INFO), der(0xA0, der(OCTETS, info)))
        signed = der(
            SEQUENCE, integer(3), der(SET, digest), content, der(0xA0, *reversed(brought)), der(SET, signer)
        )
        return der(SEQUENCE, oid(SIGNED_DATA), der(0xA0, signed))

    def answer(self, query: bytes) -> bytes:
        """The response to a request."""
        digest, nonce = asked(query)
        return self.reply(digest, nonce)

    def write_ca(self, path: Path) -> Path:
        path.write_bytes(self.ca.pem())
        return path


def refusal(status: int = 2, text: str = "not today") -> bytes:
    """A response that grants nothing."""
    return der(SEQUENCE, der(SEQUENCE, integer(status), der(SEQUENCE, der(TEXT, text.encode()))))


Answering = Callable[[bytes, BaseHTTPRequestHandler], None]


@contextlib.contextmanager
def serving(answer: Callable[[bytes], bytes] | None = None, raw: Answering | None = None) -> Iterator[str]:
    """An authority at the URL; `raw` may answer as badly as it likes."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            if raw is not None:
                raw(query, self)
                return
            assert answer is not None
            assert self.headers["Content-Type"] == "application/timestamp-query"
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer(query))

        def log_message(self, *_: Any) -> None:
            """Nothing on the tests' stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsr"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
