"""Who looks at the pages: connections that are kept, and people with time to think. Linux."""

from __future__ import annotations

import http.client
import os
import random
import re
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from bench.load_meter import CLAIMTRAIL, ROOT
from bench.web_inputs import SEED
from bench.web_matter import BenchFailed, Known
from bench.web_routes import PAGES, WEIGHTS, Address

STARTING_SECONDS, ANSWER_SECONDS, ROUTE_SECONDS = 60.0, 60.0, 10.0
"""How long the server may take to start and to answer; how long one route is asked for when nobody else is there."""
THINK_SECONDS, LONGEST_THOUGHT = 4.0, 20.0
"""The mean of the time between two pages (exponential), and its end."""
JUDGES = 0.3
"""How often one of those who judge links does so instead of looking at another page."""
_FORM = re.compile(r'name="(csrf_token|doc|event|back)" value="([^"]*)"')
_TIMING = re.compile(r"(app|cpu);dur=([0-9.]+)")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Answer:
    """Milliseconds: at the server, of the server's CPU meanwhile, and until the client had all of it."""

    status: int
    server: float
    cpu: float
    client: float
    body: bytes = field(repr=False)

    @property
    def failed(self) -> bool:
        """Whether somebody was turned away or saw a fault."""
        return self.status >= 400


@dataclass(frozen=True)
class Serving:
    """A running server."""

    host: str
    port: int
    pid: int

    def cpu(self) -> float:
        """Seconds that the server's own process has computed."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


@contextmanager
def served(root: Path) -> Iterator[Serving]:
    """`claimtrail serve` on a free port of this machine. Raises `BenchFailed`."""
    command = [*CLAIMTRAIL, "serve", "--port", "0", "--timing", "--workspace", str(root)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None  # a pipe was asked for
        host, _, port = process.stdout.readline().split("//")[-1].strip().rpartition(":")
        found = Serving(host, int(port or 0), process.pid)
        _until_ready(found)
        yield found
    finally:
        process.terminate()
        process.wait(60)


def _until_ready(server: Serving) -> None:
    until = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < until:
        try:
            Client(server).get("/api/v1/visitor")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise BenchFailed("the server does not answer")


class Client:
    """One connection, kept between requests."""

    def __init__(self, server: Serving) -> None:
        self._connection = http.client.HTTPConnection(server.host, server.port, timeout=ANSWER_SECONDS)
        self._origin = f"http://{server.host}:{server.port}"

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", path, None, {"Accept": "text/html,application/json"})

    def post(self, path: str, form: Mapping[str, str]) -> Answer:
        """Send a form as a browser does."""
        headers = {"Origin": self._origin, "Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(form).encode(), headers)

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        begun = time.perf_counter()
        try:
            response, said = self._answered(method, path, body, headers)
        except http.client.HTTPException:
            self._connection.close()
            raise BenchFailed(f"the connection broke at {path}") from None
        took = 1000 * (time.perf_counter() - begun)
        told = dict(_TIMING.findall(response.headers.get("Server-Timing", "")))
        return Answer(response.status, float(told.get("app", 0)), float(told.get("cpu", 0)), took, said)

    def _answered(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """The answer; asked again, as browsers do, where the server closed a connection that nobody used."""
        for is_last in (self._connection.sock is None, True):
            try:
                self._connection.request(method, path, body, dict(headers))
                response = self._connection.getresponse()
                return response, response.read()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self._connection.close()
                if is_last:
                    raise
        raise http.client.HTTPException  # not reached

    def close(self) -> None:
        self._connection.close()


@dataclass
class Seen:
    """The answers by route, and every one that failed; several people write into it."""

    answers: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def add(self, route: str, path: str, answer: Answer) -> None:
        """Note an answer, without its content."""
        with self.guard:
            self.answers[route].append(Answer(answer.status, answer.server, answer.cpu, answer.client, b""))
            if answer.failed:
                self.failures.append(f"{answer.status} {path}: {answer.body[:200]!r}")

    def broke(self, path: str, why: Exception) -> None:
        """Note a request that was not answered."""
        with self.guard:
            self.failures.append(f"{path}: {why!r}")

    @property
    def count(self) -> int:
        return sum(len(answers) for answers in self.answers.values())


def alone(server: Serving, known: Known, routes: Mapping[str, Address], times: int) -> Seen:
    """Every route so many times, one request after the other; the first answer of each is not counted."""
    seen, chance, client = Seen(), random.Random(SEED), Client(server)
    for route, address in routes.items():
        until = time.monotonic() + ROUTE_SECONDS
        for n in range(times + 1):
            path = address(known, chance)
            answer = _asked(client, seen, path)
            if answer is not None and n:
                seen.add(route, path, answer)
            if n and time.monotonic() > until:
                break
    client.close()
    return seen


def _asked(client: Client, seen: Seen, path: str) -> Answer | None:
    try:
        return client.get(path)
    except (OSError, BenchFailed) as error:
        client.close()  # the next request begins anew
        seen.broke(path, error)
        return None


class Crowd:
    """People at once, each with a connection and thoughts of their own; every second one judges links."""

    def __init__(self, server: Serving, known: Known, people: int) -> None:
        self._server, self._known, self.seen = server, known, Seen()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._person, args=(n,), daemon=True) for n in range(people)]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(ANSWER_SECONDS)

    def _person(self, number: int) -> None:
        chance, client = random.Random(SEED + number), Client(self._server)
        routes = list(PAGES)
        weights = [WEIGHTS.get(route, 1) for route in routes]
        self._over.wait(chance.uniform(0, THINK_SECONDS))
        while not self._over.is_set():
            if number % 2 and chance.random() < JUDGES:
                self._judge(client, chance)
            else:
                route = chance.choices(routes, weights)[0]
                self._look(client, route, PAGES[route](self._known, chance))
            self._over.wait(min(chance.expovariate(1 / THINK_SECONDS), LONGEST_THOUGHT))
        client.close()

    def _look(self, client: Client, route: str, path: str) -> Answer | None:
        answer = _asked(client, self.seen, path)
        if answer is not None:
            self.seen.add(route, path, answer)
        return answer

    def _judge(self, client: Client, chance: random.Random) -> None:
        path = PAGES["review, links"](self._known, chance)
        shown = self._look(client, "review, links", path)
        if shown is None or shown.failed:
            return
        form = dict(_FORM.findall(shown.body.decode()))
        if "doc" not in form:
            return  # nothing waits to be judged
        form["answer"] = chance.choice(("confirm", "confirm", "reject"))
        try:
            self.seen.add("a verdict", "/review/link", client.post("/review/link", form))
        except (OSError, BenchFailed) as error:
            self.seen.broke("/review/link", error)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so large a share of them does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, -(-int(share * 1000) * len(ordered) // 1000) - 1))]
