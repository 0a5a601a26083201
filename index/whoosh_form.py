"""The form in which pages are stored in a Whoosh index: posting lists, columns, schema.

Whoosh leaves two doors open for this, codecs and columns. Reading a posting list or a column at once as an array
is fifty times as fast as stepping through it.
"""

# Whoosh is typed in part: calls into its untyped part are meant.
# mypy: disable-error-code="no-untyped-call, misc"
from __future__ import annotations

from array import array
from collections.abc import Generator, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import columns, fields, formats
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3PostingsWriter, W3TermsReader
from whoosh.matching.mcore import ListMatcher
from whoosh.reading import TermNotFound

from index.fields import KEYWORD_FIELDS, TEXT_FIELDS
from index.packing import pack_positions, pack_postings, unpack_postings
from index.terms import HEAD
from index.whoosh_pool import TermPostings

INDEXED = (*TEXT_FIELDS, HEAD, *KEYWORD_FIELDS)
"""Fields with terms."""
CODED = ("doc", "kind", "name", "claims", "parties", "amounts")
"""Columns of bytes."""
NUMBERS = ("page", "date", "length")
"""Columns of whole numbers."""


class _NumbersColumn(columns.Column):
    """A whole number for each page."""

    def writer(self, dbfile: Any) -> _NumbersWriter:
        return _NumbersWriter(dbfile)

    def reader(self, dbfile: Any, basepos: int, length: int, doccount: int) -> _NumbersReader:
        return _NumbersReader(dbfile, basepos, length, doccount)


class _NumbersWriter(columns.ColumnWriter):
    def __init__(self, dbfile: Any) -> None:
        super().__init__(dbfile)
        self._numbers: list[int] = []

    def add(self, docnum: int, value: int) -> None:
        self._numbers += [0] * (docnum - len(self._numbers))
        self._numbers.append(value)

    def finish(self, doccount: int) -> None:
        self._numbers += [0] * (doccount - len(self._numbers))
        self._dbfile.write(np.asarray(self._numbers, dtype="<i8").tobytes())


class _NumbersReader(columns.ColumnReader):
    @cached_property
    def array(self) -> NDArray[np.int64]:
        data = self._dbfile.get(self._basepos, 8 * self._doccount)
        return np.frombuffer(bytes(data), "<i8").astype(np.int64)

    def __getitem__(self, docnum: int) -> int:
        return int(self.array[docnum])


class _CodedColumn(columns.Column):
    """Bytes for each page, each different value kept once (Whoosh's own such column ends at 65535 of them)."""

    def writer(self, dbfile: Any) -> _CodedWriter:
        return _CodedWriter(dbfile)

    def reader(self, dbfile: Any, basepos: int, length: int, doccount: int) -> _CodedReader:
        return _CodedReader(dbfile, basepos, length, doccount)


class _CodedWriter(columns.ColumnWriter):
    def __init__(self, dbfile: Any) -> None:
        super().__init__(dbfile)
        self._codes: list[int] = []
        self._values: dict[bytes, int] = {b"": 0}

    def add(self, docnum: int, value: bytes) -> None:
        self._codes += [0] * (docnum - len(self._codes))
        self._codes.append(self._values.setdefault(value, len(self._values)))

    def finish(self, doccount: int) -> None:
        self._codes += [0] * (doccount - len(self._codes))
        lengths = [len(value) for value in self._values]
        for numbers in (self._codes, lengths):
            self._dbfile.write(np.asarray(numbers, dtype="<u4").tobytes())
        self._dbfile.write(b"".join(self._values))
        self._dbfile.write(np.asarray([len(lengths)], dtype="<u4").tobytes())


class _CodedReader(columns.ColumnReader):
    @cached_property
    def parts(self) -> tuple[NDArray[np.int64], list[bytes]]:
        """The code of each page, and the values that the codes stand for."""
        data = bytes(self._dbfile.get(self._basepos, self._length))
        count = int(np.frombuffer(data, "<u4", 1, len(data) - 4)[0])
        codes = np.frombuffer(data, "<u4", self._doccount)
        lengths = np.frombuffer(data, "<u4", count, 4 * self._doccount)
        ends = 4 * (self._doccount + count) + np.cumsum(lengths)
        pairs = zip((ends - lengths).tolist(), ends.tolist(), strict=True)
        return codes.astype(np.int64), [data[start:end] for start, end in pairs]

    def __getitem__(self, docnum: int) -> bytes:
        codes, values = self.parts
        value: bytes = values[codes[docnum]]
        return value


class _PackedWriter(W3PostingsWriter):
    """Writes the whole posting list of a term as one packed block."""

    def add_list(self, postings: TermPostings) -> None:
        """All postings of the term that was started."""
        self._ids = postings.pages
        self._postings = postings
        self._weights = array("f", [1.0]) * len(postings.pages)

    def _write_block(self, last: bool = False) -> None:  # noqa: ARG002
        terminfo: Any = self._terminfo
        terminfo.add_block(self)
        self._postfile.write(pack_postings(*self._postings[2:]))
        self._blockcount += 1
        self._new_block()


class _PackedFieldWriter(W3FieldWriter):
    """Hands a term's postings over in one go."""

    def add_postings(self, schema: Any, lengths: Any, items: Iterable[TermPostings]) -> None:  # noqa: ARG002
        for field, of_field in groupby(items, lambda postings: postings.field):
            self.start_field(field, schema[field])
            for postings in of_field:
                self.start_term(postings.term)
                postwriter: Any = self._postwriter
                postwriter.add_list(postings)
                self.finish_term()
            self.finish_field()


class _PackedTerms(W3TermsReader):
    def blob(self, field: str, term: str) -> bytes | None:
        """The packed posting list of a term, None when there is no such term."""
        try:
            terminfo = self.term_info(field, term.encode())
        except TermNotFound:
            return None
        return _block(self._postfile, terminfo)


def _block(postfile: Any, terminfo: Any) -> bytes:
    offset, length = terminfo.extent()
    if isinstance(length, tuple):  # how Whoosh 3.54 reads it back from a file
        (length,) = length
    return bytes(postfile.get(offset, length))


class PackedCodec(W3Codec):
    """Whoosh's codec with packed posting lists. Its name is written into every index."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> _PackedFieldWriter:
        return _PackedFieldWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> _PackedWriter:
        return _PackedWriter(dbfile, blocklimit=0, byteids=byteids)

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> ListMatcher:
        pages, counts, positions = unpack_postings(_block(dbfile, terminfo))
        ends = np.cumsum(counts)
        values = [
            pack_positions(positions[end - count : end]) for end, count in zip(ends, counts, strict=True)
        ]
        return ListMatcher(
            pages.tolist(), counts.tolist(), values, format_, scorer, term=term, terminfo=terminfo
        )

    def terms_reader(self, storage: Any, segment: Any) -> _PackedTerms:
        name = segment.make_filename(self.TERMS_EXT)
        length = storage.file_length(name)
        return _PackedTerms(self, storage.open_file(name), length, segment.open_file(storage, self.POSTS_EXT))


class _Words(fields.FieldType):
    """A field that is given its terms with their positions, already cut by our tokenizer."""

    def __init__(self) -> None:
        self.format = formats.Positions()

    def index(
        self, value: Mapping[str, Sequence[int]], **_: Any
    ) -> Generator[tuple[bytes, int, float | int, bytes], Any, None]:
        for term, where in value.items():
            yield term.encode(), len(where), 1.0, pack_positions(where)


def schema() -> fields.Schema:
    """All fields and columns; `stored` holds what is needed to show a page."""
    made = fields.Schema(stored=fields.STORED())
    for name in INDEXED:
        made.add(name, _Words())
    for name in CODED:
        made.add(f"column_{name}", fields.COLUMN(_CodedColumn()))
    for name in NUMBERS:
        made.add(f"column_{name}", fields.COLUMN(_NumbersColumn()))
    return made
