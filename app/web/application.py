"""The web application of one workspace. Routes are found by folder listing: a module is all there is to add."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, Depends, FastAPI
from starlette.concurrency import run_in_threadpool

from app.web import api, pages, replies
from app.web.access import genuine
from app.web.error_page import error_page
from app.web.heads import Heads
from app.web.options import ServeOptions
from app.web.security import Gate, HostCheck, SecurityHeaders
from app.web.state import State
from app.web.timing import Timed
from pipeline.errors import MatterError
from pipeline.matter import Matter
from pipeline.people import any_users

SERVICE = "web"
"""Who is at work where no person is."""
THREADS = 40
"""Requests that are worked on at one time; the others wait for their turn."""
PREFIX = "/api/v1"


class NoUsers(MatterError):
    code = "no_users"
    hint = "Add one: claimtrail users add NAME --role admin; or serve on 127.0.0.1 only."


def create_app(workspace: Path, options: ServeOptions | None = None) -> FastAPI:
    """The application on the workspace in this folder. Raises `NoUsers`, `NoWorkspace`, and what opening it raises."""
    given = options or ServeOptions()
    matter = Matter.open(workspace, SERVICE)
    if given.login_needed and not any_users(matter):
        matter.close()
        raise NoUsers("Others than this machine could reach it, and there are no users who could log in.")
    state = State(matter, given)
    app = FastAPI(
        title="claimtrail",
        version=version("claimtrail"),
        docs_url=None,
        redoc_url=None,
        telemetry={"auto_configure": False, "tracing": False, "metrics": False, "logs": False},
        lifespan=_lifespan(state),
        dependencies=[Depends(genuine)],
    )
    app.state.claimtrail = state
    for router in routers(api):
        app.include_router(router, prefix=PREFIX)
    for router in routers(pages):
        app.include_router(router, include_in_schema=False)
    app.state.error_page = error_page
    replies.install(app)
    # the last one added is asked first
    app.add_middleware(Heads)
    app.add_middleware(Gate, options=given)
    app.add_middleware(HostCheck, options=given)
    app.add_middleware(SecurityHeaders, options=given)
    if given.timing:
        app.add_middleware(Timed)
    return app


def routers(package: ModuleType) -> Iterator[APIRouter]:
    """The routers of the modules in a folder, in order of their names."""
    for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda one: one.name):
        module = importlib.import_module(f"{package.__name__}.{found.name}")
        router = getattr(module, "router", None)
        if isinstance(router, APIRouter):
            yield router


def _lifespan(state: State) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = THREADS
        state.jobs.begin()
        await run_in_threadpool(state.begin)
        try:
            yield
        finally:
            await run_in_threadpool(state.close)

    return lifespan
