"""A workspace's settings: `settings.yaml`, checked when it is read. Nothing here is global."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from extractors.limits import Limits
from pipeline.errors import UsageError
from pipeline.records.locations import SCHEMA_NAME, Server
from pipeline.yaml_text import loaded


class LimitSettings(BaseModel):
    """How much one document may cost; sizes in MiB, times in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seconds: float = Field(Limits().seconds, gt=0)
    seconds_per_page: float = Field(Limits().seconds_per_page, gt=0)
    memory_mib: int = Field(Limits().memory // 2**20, ge=200)
    file_mib: int = Field(Limits().file_bytes // 2**20, ge=1)
    pages: int = Field(Limits().pages, ge=1)
    megapixels: int = Field(Limits().pixels // 10**6, ge=1)
    text_chars: int = Field(Limits().text_chars, ge=1000)
    cells: int = Field(Limits().cells, ge=100)
    archive_depth: int = Field(Limits().archive_depth, ge=1)
    archive_members: int = Field(Limits().archive_members, ge=1)
    archive_ratio: float = Field(Limits().archive_ratio, gt=1)
    archive_mib: int = Field(Limits().archive_bytes // 2**20, ge=1)

    def limits(self) -> Limits:
        """The same in the units that the extractors use."""
        return Limits(
            seconds=self.seconds,
            seconds_per_page=self.seconds_per_page,
            memory=self.memory_mib * 2**20,
            file_bytes=self.file_mib * 2**20,
            pages=self.pages,
            pixels=self.megapixels * 10**6,
            text_chars=self.text_chars,
            cells=self.cells,
            archive_depth=self.archive_depth,
            archive_members=self.archive_members,
            archive_ratio=self.archive_ratio,
            archive_bytes=self.archive_mib * 2**20,
        )


class OcrSettings(BaseModel):
    """Which engine reads scans ("auto": chosen page by page), how hard, and in which languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    engine: str = "auto"
    mode: Literal["fast", "auto", "accurate"] = "auto"
    languages: tuple[str, ...] = ("eng", "chi_sim")


class WatchSettings(BaseModel):
    """The watched folder: how long a file must stay unchanged, and what becomes of it once it is taken in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    settle_seconds: float = Field(2.0, ge=0.1)
    after: Literal["move", "delete"] = "move"
    flow_runs: bool = Field(
        True, description="each batch is a Prefect flow run, on a server of its own if need be"
    )


class TimestampSettings(BaseModel):
    """The time-stamp authority (RFC 3161). `ca`: its CA certificates, a PEM file named from the workspace's folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(pattern=r"^https?://[^\s/]+\S*$")
    ca: str | None = None
    nightly: bool = Field(False, description="have the audit's head stamped every night")
    seconds: float = Field(30.0, gt=0, le=600, description="wall time for one stamp")


class ClusterSettings(BaseModel):
    """A Dask scheduler whose workers read documents. With `ca`, `cert` and `key`, PEM files named from the workspace's
    folder, both ends prove who they are and nobody can listen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str = Field(pattern=r"^(tcp|tls)://[^\s/]+:\d+$")
    ca: str | None = None
    cert: str | None = None
    key: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.address.startswith("tls:") != all((self.ca, self.cert, self.key)):
            raise ValueError("a tls:// address takes ca, cert and key; a tcp:// address takes none of them")
        return self


class OriginalsSettings(BaseModel):
    """Where originals are kept: the workspace's own folder, another folder, or an fsspec address (`s3://…`).

    `options` are those of the address's fsspec package; `cache` is the folder of local copies, from the workspace's.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str | None = Field(None, min_length=1)
    options: dict[str, Any] = {}
    cache: str = Field("fetched", min_length=1)
    cache_mib: int = Field(10_240, ge=1, description="what copies of originals that lie elsewhere may take")


class LinkSettings(BaseModel):
    """Whether people's verdicts on links change how much the rules weigh in this workspace."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    learn: bool = True


class RecordsSettings(BaseModel):
    """The database of a team's records: `postgresql://user@host/database`, and the schema in it, if not the usual."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    db_schema: str | None = Field(None, alias="schema", pattern=f"^{SCHEMA_NAME.pattern}$")

    def server(self) -> Server:
        """The same as the records take it."""
        return Server(self.url, self.db_schema)

    @field_validator("url")
    @classmethod
    def _can_be_read(cls, url: str) -> str:
        return _readable(url)


def _readable(url: str) -> str:
    try:
        Server(url).address()
    except UsageError as error:
        raise ValueError(f"{error.message} {error.remedy}") from None
    return url


class Settings(BaseModel):
    """All settings of a workspace; each has a default, so the file may be empty."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    workers: int = Field(0, ge=0, description="reading processes; 0 means as many as the machine has cores")
    search_engine: str = "whoosh"
    search_url: str | None = Field(
        None, description="the database of the engine postgres, if not that of the records"
    )
    search_schema: str | None = Field(None, pattern=f"^{SCHEMA_NAME.pattern}$")
    ocr: OcrSettings = OcrSettings()
    limits: LimitSettings = LimitSettings()
    watch: WatchSettings = WatchSettings()
    timestamp: TimestampSettings | None = None
    links: LinkSettings = LinkSettings()
    originals: OriginalsSettings = OriginalsSettings()
    records: RecordsSettings | None = None
    cluster: ClusterSettings | None = None

    @field_validator("cluster", mode="before")
    @classmethod
    def _address_alone(cls, given: Any) -> Any:
        return {"address": given} if isinstance(given, str) else given

    @field_validator("search_url")
    @classmethod
    def _can_be_read(cls, url: str | None) -> str | None:
        return None if url is None else _readable(url)

    def search_address(self) -> str | None:
        """The address of the database that a search index may lie in, as PostgreSQL's own programs take it."""
        url = self.search_url or (self.records.url if self.records else None)
        return url and Server(url).address().set(drivername="postgresql").render_as_string(
            hide_password=False
        )

    def processes(self) -> int:
        """How many worker processes to use."""
        return self.workers or _cores()


def records_at(url: str, schema: str | None) -> RecordsSettings:
    """The setting for records at this address. Raises `UsageError` when it is none."""
    try:
        return RecordsSettings.model_validate({"url": url, "schema": schema})
    except ValidationError as error:
        raise UsageError(f"records.{_first(error)}") from None


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)  # the cores this process may use; Linux only
    return len(affinity(0)) if affinity else os.cpu_count() or 2


def load(path: Path) -> Settings:
    """The settings in this file. Raises `UsageError` naming the setting that is wrong."""
    try:
        return Settings.model_validate(loaded(path.read_text(encoding="utf-8")) or {})
    except FileNotFoundError:
        return Settings()
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name}: {_first(error)}", "Correct the setting, or delete the line.") from (
            None if isinstance(error, ValidationError) else error
        )  # it quotes what was given: a password


def _first(error: yaml.YAMLError | ValidationError | UnicodeDecodeError) -> str:
    if isinstance(error, ValidationError):
        found = error.errors()[0]
        where = ".".join(str(part) for part in found["loc"]) or "the file"
        return f"{where}: {found['msg']}"
    return str(error).replace("\n", " ")
