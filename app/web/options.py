"""How the server was started."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """Where it listens, by which names it is called, and whether people must log in even on loopback.

    `secure`: people reach it by https (a proxy in front ends TLS), so cookies are marked Secure.
    """

    host: str = "127.0.0.1"
    port: int = 8420
    allowed_hosts: tuple[str, ...] = ()
    secure: bool = False
    login: bool = False
    upload_mib: int = 2048
    """How much one upload may hold in all."""
    upload_files: int = 2000
    """How many files one upload may hold."""
    timing: bool = False
    """Whether every answer tells how long it took."""

    @property
    def loopback(self) -> bool:
        """Whether it can only be reached from this machine."""
        if self.host.casefold() == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    @property
    def login_needed(self) -> bool:
        """Whether people must log in whoever they are: whenever others than this machine may reach it."""
        return self.login or not self.loopback or bool(self.allowed_hosts)

    @property
    def hosts(self) -> frozenset[str]:
        """The names by which it may be called, without port, in lower case; IPv6 in brackets."""
        bare = self.host.strip("[]")
        own = f"[{bare}]" if ":" in bare else bare
        wildcard = bare in ("0.0.0.0", "::")  # noqa: S104  compared, not bound
        said = (*LOOPBACK, *self.allowed_hosts, *(() if wildcard else (own,)))
        return frozenset(name.casefold() for name in said)
