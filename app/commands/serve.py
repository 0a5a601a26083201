"""`serve`."""

from __future__ import annotations

import contextlib
import errno
import gc
import signal
import socket
from pathlib import Path
from types import FrameType

import click

from app.ending import end_when_told
from app.options import json_option, workspace_option
from app.output import message, print_json, say, word
from app.web.options import ServeOptions
from pipeline.errors import UsageError

CLOSING_SECONDS = 5
"""How long requests in hand may take when the server is told to end."""


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8420, show_default=True, help="0: any free one."
)
@click.option(
    "--allowed-host", "allowed", multiple=True, metavar="NAME", help="Another name that it is called by."
)
@click.option("--secure", is_flag=True, help="People reach it by https: a proxy in front ends TLS.")
@click.option("--login", is_flag=True, help="Everybody logs in, also on this machine.")
@click.option("--timing", is_flag=True, help="Tell with each answer how long it took (Server-Timing).")
@workspace_option
@json_option
def serve_command(
    host: str,
    port: int,
    allowed: tuple[str, ...],
    secure: bool,
    login: bool,
    timing: bool,
    workspace: Path,
    as_json: bool,
) -> int:
    """The web pages and the HTTP API, until stopped (Ctrl-C, or SIGTERM).

    \b
    Example:
      claimtrail serve
      claimtrail serve --host 0.0.0.0 --allowed-host claims.example.org --secure
    """
    from app.web.application import create_app  # the other commands need not load it

    options = ServeOptions(host.strip("[]"), port, allowed, secure, login, timing=timing)
    app = create_app(workspace, options)
    with _listening(options) as listener:
        address = f"http://{_shown(listener)}"
        if as_json:
            print_json({"address": address})
        else:
            say(f"{word('serving')}: {address}")
        interrupted = _run(app, listener, secure)
    message(word("stopped"))
    return 130 if interrupted else 0


def _listening(options: ServeOptions) -> socket.socket:
    """A socket at the address. Raises `UsageError` where it is taken or is not this machine's."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        return socket.create_server((options.host, options.port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            said = f"Port {options.port} of {options.host} is in use by another program."
            raise UsageError(said, "Stop it, or choose another: claimtrail serve --port 8421.") from error
        said = f"{options.host}:{options.port} cannot be listened on: {error.strerror or error}."
        raise UsageError(said, "Name an address of this machine, and a port above 1023.") from error


def _shown(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _run(app: object, listener: socket.socket, secure: bool) -> bool:
    """Serve until told to stop; whether it was by Ctrl-C."""
    import uvicorn

    class Server(uvicorn.Server):
        interrupted = False

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            self.interrupted |= sig == signal.SIGINT
            super().handle_exit(sig, frame)

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        log_level="warning",
        access_log=False,  # addresses hold what people search for
        server_header=False,
        proxy_headers=secure,
        forwarded_allow_ips="127.0.0.1,::1",  # the proxy that ends TLS stands on this machine
        timeout_graceful_shutdown=CLOSING_SECONDS,
    )
    end_when_told()
    gc.freeze()  # what was loaded never becomes garbage: looking through it all made pages wait a sixth of a second
    server = Server(config)
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn ends, then hands the signal on
        server.run(sockets=[listener])
    return server.interrupted
