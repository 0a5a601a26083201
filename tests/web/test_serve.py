"""`claimtrail serve` and `users` on the command line."""

from __future__ import annotations

import gc
import io
import signal
import socket
from pathlib import Path

import pytest
import uvicorn

from app.web.options import ServeOptions
from app.web.throttle import FREE_TRIES, TRIES_OF_ADDRESS, TRIES_OF_NAME, Throttle
from pipeline import people
from pipeline.matter import Matter
from tests.conftest import Command


@pytest.mark.parametrize(
    "options", [["--host", "0"], ["--host", "::"], ["--allowed-host", "claims.example.org"], ["--login"]]
)
def test_nobody_else_gets_in_while_there_are_no_users(claimtrail: Command, options: list[str]) -> None:
    answer = claimtrail("serve", "--port", "0", *options)
    assert answer.status == 2
    assert "[no_users]" in answer.err
    assert "users add" in answer.err


def test_a_port_that_is_taken_is_named(claimtrail: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = claimtrail("serve", "--port", str(port))
    assert answer.status == 2
    assert f"Port {port}" in answer.err
    assert "--port" in answer.err


def test_an_address_of_another_machine_is_named(claimtrail: Command, workspace: Path) -> None:
    with Matter.open(workspace, "tester") as matter:
        people.add(matter, "mei", "admin", None)
    answer = claimtrail("serve", "--host", "192.0.2.1")
    assert answer.status == 2
    assert "192.0.2.1:8420" in answer.err


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_its_address_as_json_and_how_it_ended(
    claimtrail: Command, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, status: int
) -> None:
    """Ctrl-C interrupts it; SIGTERM is how a service is stopped."""
    for place, name in ((signal, "signal"), (gc, "freeze")):  # this process is not the server's
        monkeypatch.setattr(place, name, lambda *_: None)
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: self.handle_exit(number, None))  # noqa: ARG005
    answer = claimtrail("serve", "--port", "0", "--json")
    assert answer.status == status
    assert answer.json["address"].startswith("http://127.0.0.1:")


def test_there_must_be_a_workspace(claimtrail: Command, tmp_path: Path) -> None:
    assert "[no_workspace]" in claimtrail("serve", "--workspace", tmp_path / "none").err


@pytest.mark.parametrize(
    ("options", "needed"),
    [
        (ServeOptions(), False),
        (ServeOptions("localhost"), False),
        (ServeOptions("::1"), False),
        (ServeOptions("127.8.9.1"), False),
        (ServeOptions(login=True), True),
        (ServeOptions("0"), True),
        (ServeOptions("::"), True),
        (ServeOptions("10.0.0.1"), True),
        (ServeOptions("claims.example.org"), True),
        (ServeOptions("localhost.example.org"), True),
        (ServeOptions(allowed_hosts=("claims.example.org",)), True),
    ],
)
def test_where_a_login_is_needed(options: ServeOptions, needed: bool) -> None:
    assert options.login_needed == needed


def test_a_server_that_listens_everywhere_goes_by_no_name_for_that() -> None:
    assert ServeOptions("::").hosts == {"localhost", "127.0.0.1", "[::1]"}
    assert "[2001:db8::1]" in ServeOptions("2001:db8::1").hosts
    assert "claims.example.org" in ServeOptions(allowed_hosts=("Claims.Example.Org",)).hosts


def test_users_by_command(claimtrail: Command, register_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def saying(password: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))

    claimtrail("claims", "import", register_file)
    saying("a long enough one")
    added = claimtrail("users", "add", "mei", "--role", "handler", "--claim", "CLM-001", "--json").json
    assert {key: added[key] for key in ("name", "role", "claims", "password", "tokens")} == {
        "name": "mei", "role": "handler", "claims": ["CLM-001"], "password": True, "tokens": [],
    }  # fmt: skip
    token = claimtrail("users", "token", "mei", "--label", "backup", "--days", "90", "--json").json["token"]
    listed = claimtrail("users", "list", "--json")
    assert listed.json == [{**added, "tokens": ["backup"]}]
    assert token not in listed.out
    assert claimtrail("users", "change", "mei", "--all-claims", "--json").json["claims"] is None
    assert (
        claimtrail("users", "token", "mei", "--label", "backup", "--withdraw", "--json").json["withdrawn"]
        == 1
    )
    saying("another long enough one")
    assert claimtrail("users", "password", "mei").status == 0
    assert claimtrail("users", "remove", "mei").status == 0
    assert claimtrail("users", "list", "--json").json == []


@pytest.mark.parametrize(
    ("arguments", "password", "code"),
    [
        (("add", "mei"), "short", "usage"),
        (("add", "mei"), "x" * 1001, "usage"),
        (("add", "known"), "a long enough one", "usage"),
        (("add", "a/b"), "a long enough one", "usage"),
        (("add", " mei"), "a long enough one", "usage"),
        (("add", "mei\n"), "a long enough one", "usage"),
        (("add", "mei", "--claim", "CLM-9"), "a long enough one", "not_found"),
        (("remove", "nobody"), "", "not_found"),
        (("password", "nobody"), "a long enough one", "not_found"),
        (("change", "nobody"), "", "not_found"),
        (("token", "nobody"), "", "not_found"),
        (("token", "known", "--withdraw"), "", "not_found"),
    ],
)
def test_what_users_cannot_be(
    claimtrail: Command, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], password: str, code: str
) -> None:
    assert claimtrail("users", "add", "known", "--no-password").status == 0
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    answer = claimtrail("users", *arguments, "--json")
    assert (answer.status, answer.json["error"]["code"]) == (2, code)


def test_tokens_and_sessions_end_with_time(matter: Matter, monkeypatch: pytest.MonkeyPatch) -> None:
    people.add(matter, "mei", "viewer", None)
    token, secret = people.new_token(matter, "mei", "t", days=1), people.begin_session(matter, "mei")
    assert people.of_token(matter, token) is not None
    assert people.of_session(matter, secret) is not None
    moment = people.now()
    monkeypatch.setattr(people, "now", lambda: moment + people.IDLE * 1.01)
    assert people.of_session(matter, secret) is None
    assert people.of_token(matter, token) is not None
    monkeypatch.setattr(people, "now", lambda: moment + people.IDLE * 2.01)
    assert people.of_token(matter, token) is None


def test_a_session_in_use_ends_after_a_week_all_the_same(
    matter: Matter, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.add(matter, "mei", "viewer", None)
    secret, begun, hours = people.begin_session(matter, "mei"), people.now(), 0
    while people.of_session(matter, secret) is not None:
        hours += 6
        moment = begun + people.IDLE / 2 * (hours / 6)
        monkeypatch.setattr(people, "now", lambda moment=moment: moment)
        monkeypatch.setattr("pipeline.records.users.now", lambda moment=moment: moment)
    assert hours == 7 * 24 + 6


def test_a_user_without_password_cannot_log_in(matter: Matter) -> None:
    people.add(matter, "robot", "viewer", None)
    assert not people.verified(matter, "robot", "")
    assert not people.verified(matter, "nobody", "")


def test_each_wrong_password_makes_the_next_try_wait_longer() -> None:
    throttle = Throttle()
    waits = []
    for _ in range(FREE_TRIES + 6):
        throttle.failed("mei", "10.0.0.1")
        waits.append(round(throttle.wait("mei", "10.0.0.1")))
    assert waits == [0] * (FREE_TRIES - 1) + [2, 4, 8, 16, 32, 64, 128]
    assert throttle.wait("mei", "10.0.0.2") == 0  # whoever sits elsewhere is not locked out
    throttle.succeeded("mei", "10.0.0.1")
    assert throttle.wait("mei", "10.0.0.1") == 0


def test_many_names_or_many_addresses_do_not_help() -> None:
    throttle = Throttle()
    for number in range(TRIES_OF_ADDRESS):
        throttle.failed(f"user {number}", "10.0.0.1")
    assert throttle.wait("another", "10.0.0.1") > 0
    for number in range(TRIES_OF_NAME):
        throttle.failed("mei", f"10.0.1.{number}")
    assert throttle.wait("mei", "10.0.2.1") > 0
    assert throttle.wait("li", "10.0.2.1") == 0
