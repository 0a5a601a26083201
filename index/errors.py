"""What can go wrong with a query and with an index. Same face as the errors of the other rooms.

A `QueryError` is the user's to mend; every other one concerns the index folder, which is derived from the
records and can always be built anew.
"""

from __future__ import annotations

from typing import ClassVar


class SearchError(Exception):
    """The root. `message` says what; `remedy` says what to do."""

    code: ClassVar[str] = "search"
    exit_code: ClassVar[int] = 2
    hint: ClassVar[str] = ""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = hint if hint is not None else self.hint

    def as_json(self) -> dict[str, str]:
        """`{"code", "message", "hint"}`, the form of the contract."""
        return {"code": self.code, "message": self.message, "hint": self.remedy}


class QueryError(SearchError):
    """A query that cannot be read. `position` counts characters of the query from 0."""

    code = "query"
    hint = 'Put words that are meant literally into quotes: "12:30 (noon)".'

    def __init__(self, message: str, position: int, hint: str | None = None) -> None:
        super().__init__(f"{message} (at character {position + 1})", hint)
        self.position = position

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (type(self), self.message, self.remedy, self.position)


class FilterError(SearchError):
    """A filter value that means nothing, such as a range whose end lies before its start."""

    code = "query"
    hint = "Correct the value of the option."


class IndexLocked(SearchError):
    """Another process writes the index and did not finish in time."""

    code = "index_locked"
    hint = "Another run is writing the index. Wait until it has finished, then try again."


class IndexMissing(SearchError):
    """There is no index in the folder yet."""

    code = "index_missing"
    hint = "Build it from the records: claimtrail reindex."


class IndexDamaged(SearchError):
    """The index cannot be read, or was written by another version or another engine."""

    code = "index_damaged"
    hint = "Nothing is lost, the index is derived. Build it anew: claimtrail reindex."


class UnknownEngine(SearchError):
    """No engine goes by that name."""

    code = "unknown_engine"
    hint = "Choose one of the engines that the message names."


class EngineMissing(SearchError):
    """The engine needs a package that is not installed."""

    code = "engine_missing"
    hint = "Install it: pip install 'claimtrail[team]'."


class ServerUnreachable(SearchError):
    """The database server that holds the index does not answer, or no address is given for it."""

    code = "search_server"
    hint = (
        "Start the server, or correct search_url (or records.url) in settings.yaml; a password belongs into"
        " PGPASSFILE or PGPASSWORD."
    )


class ServerRefused(SearchError):
    """The database server does not let this user do what is needed, or lacks the room for it."""

    code = "search_server_refused"
    hint = "Give the user the right to create a schema in the database, or more room, and try again."


def _rebuilt(kind: type[QueryError], message: str, remedy: str, position: int) -> QueryError:
    error = kind.__new__(kind)
    SearchError.__init__(error, message, remedy)
    error.position = position
    return error


class TextsAway(Exception):
    """Whoever keeps the texts of the pages could not give them, for the reason in `error`, which is what is raised in
    the end: no error of an index."""

    def __init__(self, error: Exception) -> None:
        super().__init__(type(error).__name__)
        self.error = error
