"""A real server that speaks S3 over HTTP, for tests: moto's, on a thread of this process."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}

AT_ONCE = {"config_kwargs": {"retries": {"max_attempts": 0}}}
"""Options by which nothing is tried again."""


@dataclass
class ObjectStore:
    """A running server; `bucket()` makes a new bucket each time."""

    endpoint: str
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def options(self) -> dict[str, Any]:
        """What settings.yaml says of it; it gives up at once, since nothing of it is far away."""
        return {"endpoint_url": self.endpoint, **AT_ONCE}

    @cached_property
    def client(self) -> Any:
        """Amazon's own client, to look at what is really there."""
        quick = Config(retries={"max_attempts": 0})
        return boto3.client("s3", endpoint_url=self.endpoint, config=quick)

    def bucket(self) -> str:
        """The name of a new, empty bucket."""
        name = f"matter-{next(self._numbers)}"
        self.client.create_bucket(Bucket=name)
        return name


@contextmanager
def serving() -> Iterator[ObjectStore]:
    """A server on a free port of this machine, and the keys in the environment that go with it."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in ENVIRONMENT.items():
            patched.setenv(name, value)
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        try:
            host, port = server.get_host_and_port()
            yield ObjectStore(f"http://{host}:{port}")
        finally:
            server.stop()
