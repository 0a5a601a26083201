"""Time stamps: asked of a real server on loopback, checked offline; what is wrong with one is told."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import sqlite3
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from flows.night import spend
from pipeline.errors import TimestampFailed
from pipeline.matter import Matter
from pipeline.timestamps.authority import asking
from pipeline.timestamps.token import LARGEST, BadStamp, checked
from pipeline.verify import verify
from tests.conftest import Command
from tests.pipeline.authority import DAY, SHA512, Authority, identity, now, refusal, serving

pytestmark = pytest.mark.sqlite_only

DATA = b"what is to be proved"
DIGEST = hashlib.sha256(DATA).digest()
TSA = Authority()
ROOTS = (TSA.ca.certificate,)
FOREIGN = Authority()
OTHER_NAME = Authority(identity("Elsewhere"))


def why(raw: bytes, data: bytes = DATA, roots: Any = ROOTS) -> str:
    with pytest.raises(BadStamp) as told:
        checked(raw, data, roots, now())
    return str(told.value)


def test_a_stamp_tells_when_and_by_whom() -> None:
    at = now() - 2 * DAY
    found = checked(TSA.reply(DIGEST, at=at), DATA, ROOTS, now())
    assert (found.at, found.authority, found.note) == (at, "CN=Test Stamps", "")


def test_without_a_ca_the_signature_is_proved_and_the_note_says_that_nobody_vouches() -> None:
    assert "nobody but itself" in checked(TSA.reply(DIGEST), DATA, (), now()).note
    assert "vouch" in why(TSA.reply(DIGEST, with_ca=False), roots=())


def test_a_certificate_that_has_run_out_since_is_no_fault() -> None:
    spent = Authority(TSA.ca, identity("Old", TSA.ca, valid=(now() - 9 * DAY, now() - DAY)))
    at = now() - 5 * DAY
    assert checked(spent.reply(DIGEST, at=at), DATA, ROOTS, now()).at == at


def _signed_by(**how: Any) -> bytes:
    return Authority(TSA.ca, identity("Other", TSA.ca, **how)).reply(DIGEST)


VERSION_3, VERSION_8 = b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07"
FAULTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "no time stamp"),
    "a web page": (lambda: b"<!DOCTYPE html><p>Sorry", "no time stamp"),
    "cut off": (lambda: TSA.reply(DIGEST)[:-9], "no time stamp"),
    "certificates of version 8": (lambda: TSA.reply(DIGEST).replace(VERSION_3, VERSION_8), "no time stamp"),
    "too large": (lambda: b"0" * (LARGEST + 1), "larger"),
    "refused": (lambda: refusal(), "not granted by the authority: not today"),
    "of something else": (lambda: TSA.reply(hashlib.sha256(b"x").digest()), "something else"),
    "other hash": (lambda: TSA.reply(hashlib.sha512(DATA).digest(), algorithm=SHA512), "SHA-256"),
    "foreign authority": (lambda: FOREIGN.reply(DIGEST), "does not vouch"),
    "foreign, of another name": (lambda: OTHER_NAME.reply(DIGEST), "does not vouch"),
    "foreign, alone": (lambda: FOREIGN.reply(DIGEST, with_ca=False), "does not vouch"),
    "run out": (lambda: _signed_by(valid=(now() - 9 * DAY, now() - DAY)), "not valid at the time"),
    "not yet valid": (lambda: _signed_by(valid=(now() + DAY, now() + 9 * DAY)), "not valid at the time"),
    "time to come": (lambda: TSA.reply(DIGEST, at=now() + 5 * DAY), "has not come"),
    "of a web server": (
        lambda: _signed_by(usage=ExtendedKeyUsageOID.SERVER_AUTH),
        "not one for time stamping",
    ),
    "of no purpose": (lambda: _signed_by(usage=None), "not one for time stamping"),
    "not critical": (lambda: _signed_by(critical=False), "not one for time stamping"),
    "signature changed": (lambda: _flipped(TSA.reply(DIGEST), -3), "signature is not right"),
    "time changed": (lambda: _later(TSA.reply(DIGEST)), "signature is not right"),
}


def _flipped(raw: bytes, at: int) -> bytes:
    out = bytearray(raw)
    out[at] ^= 1
    return bytes(out)


def _later(raw: bytes) -> bytes:
    day = f"{now():%Y%m%d}".encode()
    return raw.replace(day, f"{now() - DAY:%Y%m%d}".encode(), 1)


@pytest.mark.parametrize("name", FAULTS)
def test_a_bad_stamp_is_told_with_its_reason(name: str) -> None:
    raw, reason = FAULTS[name]
    assert reason in why(raw())


@given(at=st.integers(0, 1700), bit=st.integers(0, 7))
def test_no_change_of_a_bit_makes_another_time_of_it_or_is_anything_but_a_bad_stamp(
    at: int, bit: int
) -> None:
    whole = GOOD
    out = bytearray(whole)
    out[at % len(out)] ^= 1 << bit
    try:
        found = checked(bytes(out), DATA, ROOTS, now())
    except BadStamp:
        return
    assert found == checked(whole, DATA, ROOTS, now())


GOOD = TSA.reply(DIGEST)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_agrees_with_what_is_kept(tmp_path: Path) -> None:
    with serving(TSA.answer) as url:
        raw = asking(url, 20, ROOTS)(DATA)
    (tmp_path / "a.tsr").write_bytes(raw)
    (tmp_path / "a.json").write_bytes(DATA)
    TSA.write_ca(tmp_path / "ca.pem")
    command = ["openssl", "ts", "-verify", "-data", "a.json", "-in", "a.tsr", "-CAfile", "ca.pem"]
    assert b"OK" in subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout


def _status(code: int, **headers: str) -> Callable[[bytes, BaseHTTPRequestHandler], None]:
    def answer(_query: bytes, to: BaseHTTPRequestHandler) -> None:
        to.send_response(code)
        for name, value in headers.items():
            to.send_header(name, value)
        to.end_headers()

    return answer


def _drops(_query: bytes, to: BaseHTTPRequestHandler) -> None:
    to.send_response(200)
    to.end_headers()
    with contextlib.suppress(OSError):
        for _ in range(1200):
            to.wfile.write(b"0")
            to.wfile.flush()
            time.sleep(0.05)


def _floods(_query: bytes, to: BaseHTTPRequestHandler) -> None:
    to.send_response(200)
    to.end_headers()
    with contextlib.suppress(OSError):
        to.wfile.write(b"0" * (LARGEST + 2**16))


SERVERS: dict[str, tuple[dict[str, Any], str]] = {
    "error": ({"raw": _status(503)}, "Service Unavailable"),
    "moved": ({"raw": _status(302, Location="http://127.0.0.1:9/")}, "gave no stamp"),
    "silent": ({"raw": _status(200)}, "no time stamp"),
    "in drops": ({"raw": _drops}, "too long"),
    "endless": ({"raw": _floods}, "larger"),
    "web page": ({"answer": lambda _: b"<html>"}, "no time stamp"),
    "old stamp": ({"answer": lambda _: GOOD}, "not ours"),
    "refusal": ({"answer": lambda _: refusal()}, "not today"),
    "foreign": ({"answer": FOREIGN.answer}, "does not vouch"),
    "other hash": ({"answer": lambda query: TSA.answer(query.replace(DIGEST, bytes(32)))}, "something else"),
}


@pytest.mark.parametrize("name", SERVERS)
def test_an_authority_that_gives_no_good_stamp_is_told_with_the_reason(name: str) -> None:
    how, reason = SERVERS[name]
    with serving(**how) as url, pytest.raises(TimestampFailed, match=reason):
        asking(url, 1.5 if name == "in drops" else 60, ROOTS)(DATA)


def test_an_authority_that_is_not_there() -> None:
    with serving(TSA.answer) as url:
        pass
    with pytest.raises(TimestampFailed, match="gave no stamp"):
        asking(url, 5, ROOTS)(DATA)


@pytest.fixture
def stamping(filled: Command, workspace: Path) -> Iterator[Command]:
    """The command line on a matter whose settings name an authority that is at work."""
    TSA.write_ca(workspace / "tsa.pem")
    with serving(TSA.answer) as url:
        _settings(workspace, url)
        yield filled


def _settings(workspace: Path, url: str, **more: Any) -> None:
    (workspace / "settings.yaml").write_text(json.dumps({"timestamp": {"url": url, "ca": "tsa.pem", **more}}))


def faults(path: Path, ca: Path | None = None) -> list[str]:
    return [f"{fault.where}: {fault.what}" for fault in verify(path, ca=ca).faults]


def test_the_audits_head_is_stamped_and_proved_offline(stamping: Command, workspace: Path) -> None:
    told = stamping("stamp", "--json").json
    assert (told["stamped"], told["authority"], told["note"]) == ("audit", "CN=Test Stamps", "")
    _settings(workspace, "http://127.0.0.1:9/")  # nobody is asked
    found = verify(workspace)
    assert found.faults == ()
    assert [note.split()[0] for note in found.notes] == [f"timestamps/{told['file']}:"]
    assert stamping("verify", workspace, "--json").json["notes"] == list(found.notes)


def _kept(workspace: Path, suffix: str) -> Path:
    return next((workspace / "timestamps").glob(f"audit-*{suffix}"))


def _cut_audit(workspace: Path) -> None:
    with sqlite3.connect(workspace / "records.sqlite") as database:
        database.execute("DROP TRIGGER audit_no_delete")
        database.execute("DELETE FROM audit WHERE seq > 2")
        database.execute("UPDATE audit_head SET seq = 2, hash = (SELECT hash FROM audit WHERE seq = 2)")
        newest = database.execute("SELECT seq, hash FROM audit WHERE seq = 2").fetchone()
    database.close()
    (workspace / "audit-head.json").write_text(json.dumps(dict(zip(("seq", "hash"), newest, strict=True))))


HARM: dict[str, tuple[Callable[[Path], Any], str]] = {
    "stamp gone": (lambda w: _kept(w, ".tsr").unlink(), "is missing: entry"),
    "stamp exchanged": (
        lambda w: _kept(w, ".tsr").write_bytes(FOREIGN.reply(DIGEST)),
        "is not the one of which",
    ),
    "stamp damaged": (lambda w: _kept(w, ".tsr").write_bytes(b"?"), "no time stamp that can be read"),
    "head changed": (lambda w: _kept(w, ".json").write_text('{"seq": 1}'), "something else"),
    "head gone": (lambda w: _kept(w, ".json").unlink(), "which it stamps, is missing"),
    "ca gone": (lambda w: (w / "tsa.pem").unlink(), "timestamp.ca"),
    "ca foreign": (lambda w: FOREIGN.write_ca(w / "tsa.pem"), "does not vouch"),
    "audit cut": (_cut_audit, "that timestamps/audit-"),
}


def test_what_was_done_to_a_stamped_audit_is_told(stamping: Command, workspace: Path, tmp_path: Path) -> None:
    assert stamping("stamp").status == 0
    for name, (harm, reason) in HARM.items():
        harmed = Path(shutil.copytree(workspace, tmp_path / name))
        harm(harmed)
        assert any(reason in fault for fault in faults(harmed)), name


def test_no_authority_set_or_none_at_work(filled: Command, workspace: Path) -> None:
    told = filled("stamp", "--json")
    assert (told.status, told.json["error"]["code"]) == (2, "usage")
    TSA.write_ca(workspace / "tsa.pem")
    _settings(workspace, "http://127.0.0.1:9/")
    told = filled("stamp", "--json")
    assert (told.status, told.json["error"]["code"]) == (1, "timestamp_failed")
    _settings(workspace, "file:///etc/passwd")
    assert filled("stamp", "--json").json["error"]["code"] == "usage"


def test_a_bundle_is_stamped_as_folder_and_zip_and_what_is_changed_is_told(
    stamping: Command, workspace: Path, tmp_path: Path
) -> None:
    out = tmp_path / "bundle"
    answer = stamping("export", "CLM-001", "--out", out, "--zip", "--timestamp", "--json")
    assert (answer.status, answer.json["timestamp"]["authority"]) == (0, "CN=Test Stamps")
    ca, foreign = TSA.write_ca(tmp_path / "ca.pem"), FOREIGN.write_ca(tmp_path / "foreign.pem")
    for made in (out, tmp_path / "bundle.zip"):
        found = verify(made, ca=ca)
        assert (found.faults, len(found.notes)) == ((), 1)
        assert any("does not vouch" in fault for fault in faults(made, foreign))
    assert "nobody but itself" in verify(out).notes[0]
    info = out / "bag-info.txt"
    info.write_text(info.read_text().replace("CLM-001", "CLM-002"))
    tags = out / "tagmanifest-sha256.txt"
    old = [line for line in tags.read_text().splitlines() if not line.endswith("bag-info.txt")]
    tags.write_text(
        "\n".join([f"{hashlib.sha256(info.read_bytes()).hexdigest()}  bag-info.txt", *old]) + "\n"
    )
    assert [fault for fault in faults(out, ca) if "timestamp.tsr: is the stamp of something else" in fault]
    assert verify(workspace).ok


def test_a_bundle_outlives_a_failed_stamp_and_gets_it_later(
    stamping: Command, workspace: Path, tmp_path: Path
) -> None:
    good = json.loads((workspace / "settings.yaml").read_text())["timestamp"]["url"]
    _settings(workspace, "http://127.0.0.1:9/")
    out, packed = tmp_path / "bundle", tmp_path / "bundle.zip"
    answer = stamping("export", "CLM-001", "--out", out, "--zip", "--timestamp", "--json")
    assert (answer.status, answer.json["timestamp"]["error"]["code"]) == (1, "timestamp_failed")
    assert (verify(out).ok, verify(packed).notes) == (True, ())
    _settings(workspace, good)
    for made in (out, packed):
        assert stamping("stamp", made, "--json").json["file"] == "timestamp.tsr"
    assert stamping("stamp", packed, "--json").json["file"] == "timestamp-2.tsr"
    ca = workspace / "tsa.pem"
    assert (faults(out, ca), faults(packed, ca), len(verify(packed, ca=ca).notes)) == ([], [], 2)
    with zipfile.ZipFile(packed) as archive:
        assert "bundle/timestamp-2.tsr" in archive.namelist()
    assert stamping("stamp", workspace, "--json").json["error"]["code"] == "usage"


def test_a_night_stamps_where_it_should_and_reports_what_failed(stamping: Command, workspace: Path) -> None:
    url = json.loads((workspace / "settings.yaml").read_text())["timestamp"]["url"]
    for nightly, to, count, ok in (
        (False, url, 0, True),
        (True, url, 1, True),
        (True, "http://127.0.0.1:9/", 1, False),
    ):
        _settings(workspace, to, nightly=nightly)
        with Matter.open(workspace, "night") as matter:
            report = spend(matter)
        assert len(list((workspace / "timestamps").glob("*.tsr"))) == count
        assert report["ok"] is ok
    assert report["faults"][0]["where"] == "time stamp"
    assert verify(workspace).ok
