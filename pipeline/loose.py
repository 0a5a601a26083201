"""Reading files without a workspace: what is found is returned, and nothing is kept."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from extractors.errors import DocumentError, FileUnreachable, TooLarge
from extractors.extract import Extraction, extract
from extractors.limits import Limits
from extractors.reading import OcrOptions
from extractors.workers import Workers
from pipeline.describe import extraction_json, identity_of
from pipeline.intake import readable
from pipeline.settings import Settings

Answer = dict[str, Any]


def extract_files(files: Sequence[tuple[Path, str]], limits: Limits, ocr: OcrOptions) -> list[Answer]:
    """For each file its document as JSON, followed by those of the files inside it; or its error.

    Files come with the names under which they are told of.
    """
    cores = Settings().processes()
    processes = min(cores, len(files))
    with tempfile.TemporaryDirectory(prefix="claimtrail-") as scratch, Workers(processes, limits) as workers:
        ocr = replace(ocr, shared=Path(scratch) / "ocr", slots=cores)
        reader = _Reader(workers, Path(scratch), limits, ocr)
        with ThreadPoolExecutor(processes) as threads:
            answers = list(threads.map(lambda file: reader.read(file[0], readable(file[1])), files))
    return [answer for group in answers for answer in group]


class _Reader:
    """Reads a file and what is inside it, to the depth that the limits allow."""

    def __init__(self, workers: Workers, scratch: Path, limits: Limits, ocr: OcrOptions) -> None:
        self._workers, self._scratch, self._limits, self._ocr = workers, scratch, limits, ocr

    def read(self, path: Path, shown: str, parent: str | None = None, depth: int = 0) -> list[Answer]:
        """The document's JSON, then its children's."""
        name = shown.rpartition("/")[2]
        try:
            found = self._extract(path, name, depth)
            answer = extraction_json(found, identity_of(path, shown, parent))
        except DocumentError as error:
            failed: Answer = {"name": name, "error": error.as_json()}
            return [failed if parent is None else {**failed, "parent": parent}]
        answers = [answer]
        for child in found.children:
            inside = f"{shown}/{readable(child.untrusted_name)}"
            group = self.read(child.path, inside, answer["id"], depth + 1)
            answer["children"] += [group[0]["id"]] if "id" in group[0] else []
            answers += group
        return answers

    def _extract(self, path: Path, name: str, depth: int) -> Extraction:
        if depth > self._limits.archive_depth:
            raise TooLarge(f"{name} is nested deeper than limits.archive_depth allows.")
        try:
            size = path.stat().st_size
        except OSError as error:
            raise FileUnreachable(f"{name}: {error.strerror}") from error
        if path.is_dir():
            raise FileUnreachable(
                f"{name} is a folder.", "Name the files in it, or take it in: claimtrail ingest."
            )
        if not path.is_file():
            raise FileUnreachable(f"{name} is not a regular file.")
        if not os.access(path, os.R_OK):
            raise FileUnreachable(f"{name} may not be read by you.")
        seconds = self._limits.seconds_for(size)
        scratch = Path(tempfile.mkdtemp(dir=self._scratch))
        future = self._workers.submit(
            extract, path, name, scratch, self._limits, self._ocr, seconds=seconds, name=name
        )
        return future.result()
