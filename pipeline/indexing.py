"""From the records to the search index. The index is derived: deleting it is always safe."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from decimal import Decimal

from extractors.facts.fact import Money
from extractors.facts.reference_citations import is_words
from index.engine import Address, Backing, Batch, SearchIndex
from index.engines import engine_of, is_built, join, open_index, rebuild
from index.entry import PageEntry
from index.errors import IndexDamaged, IndexMissing
from pipeline.evidence import SETTLED, Evidence
from pipeline.links import Link
from pipeline.loadfile.numbers import BATES, spanned
from pipeline.matter import Matter
from pipeline.pace import Told, untold
from pipeline.parties import Book
from pipeline.records import arrivals, audit_log, documents, identity, matters
from pipeline.records.page_texts import page_texts
from pipeline.steps import VERSIONS

BATCH = 200
"""Documents in one commit of the index: large enough to be quick, small enough to lose little."""
SHARED_ENGINES = ("postgres",)
"""Engines whose index all machines have in common."""


def open_search(matter: Matter) -> SearchIndex:
    """The workspace's index; one that other machines have built already is joined.

    Raises `IndexMissing` or `IndexDamaged` when it must be built.
    """
    path, backing = matter.workspace.index, _backing(matter)
    if not is_built(path):
        join(path, matter.settings.search_engine, backing)
    return open_index(path, backing)


def _backing(matter: Matter) -> Backing:
    """The records hold every text: the index need not hold it again."""

    def texts(wanted: Sequence[tuple[str, int]]) -> list[str]:
        with matter.reading() as tx:
            return page_texts(tx, wanted)

    return Backing(texts, _address(matter))


def _address(matter: Matter) -> Address | None:
    """Where an index on a server lies: several matters may share a database, each has a schema of its own."""
    url = matter.settings.search_address()
    if url is None:
        return None
    schema = matter.settings.search_schema
    if schema is None:
        with matter.reading() as tx:
            schema = f"claimtrail_search_{identity.matter_id(tx)}"
    return Address(url, schema)


def index_pending(matter: Matter, tell: Told = untold) -> int:
    """Bring the index up to date; builds it anew when it is missing or damaged. Returns how many documents changed."""
    with _one_writer(matter):
        try:
            return _index_pending(matter, tell)
        except (IndexMissing, IndexDamaged):
            return reindex(matter, tell=tell)


def _index_pending(matter: Matter, tell: Told) -> int:
    with closing(open_search(matter)) as index:
        with matter.reading() as tx:
            pending = documents.without_step(tx, index_step(matter), VERSIONS["index"], SETTLED)
        for start in range(0, len(pending), BATCH):
            ids = pending[start : start + BATCH]
            seen = _seen(matter)
            with index.writer() as batch:
                _write(matter, batch, ids)
            _done(matter, ids, seen)
            tell(start + len(ids), len(pending))
        return len(pending)


def reindex(matter: Matter, engine: str | None = None, tell: Told = untold) -> int:
    """Build the index anew from the records; returns how many documents it holds. The old one serves until then."""
    with _one_writer(matter, engine):
        return _reindex(matter, engine, tell)


def _reindex(matter: Matter, engine: str | None, tell: Told) -> int:
    name, seen = engine or engine_name(matter), _seen(matter)
    ids = write_anew(matter, name, tell)
    _done(matter, ids, seen)
    with matter.change() as change:
        change.note("reindexed", "index", engine=name, documents=len(ids))
    return len(ids)


def write_anew(matter: Matter, name: str, tell: Told = untold) -> Sequence[str]:
    """Build the index of an engine from the records and note nothing there; returns the documents that it holds."""
    with matter.reading() as tx:
        ids = documents.in_states(tx, SETTLED)
    with rebuild(matter.workspace.index, name, backing=_backing(matter)) as batch:
        for start in range(0, len(ids), BATCH):
            _write(matter, batch, ids[start : start + BATCH])
            tell(min(start + BATCH, len(ids)), len(ids))
    return ids


def mark_indexed(matter: Matter) -> None:
    """Note of every document that the index has it; for an index that was just built and nothing has changed since."""
    step = index_step(matter)
    with matter.change() as change:
        for document in documents.without_step(change.tx, step, VERSIONS["index"], SETTLED):
            documents.set_done(change.tx, document, step, VERSIONS["index"])


def engine_name(matter: Matter) -> str:
    """The engine that the index has; the settings' where there is none."""
    try:
        return engine_of(matter.workspace.index)
    except (IndexMissing, IndexDamaged):
        return matter.settings.search_engine


def _one_writer(matter: Matter, engine: str | None = None) -> AbstractContextManager[None]:
    """One machine at a time writes an index that all have in common."""
    shared = (engine or engine_name(matter)) in SHARED_ENGINES
    return matter.records.alone() if shared else nullcontext()


def index_step(matter: Matter) -> str:
    """The name of the step in the records: an index in the folder of one machine among several is its own."""
    if not matter.records.shared or engine_name(matter) in SHARED_ENGINES:
        return "index"
    return f"index{documents.AT}{matter.machine}"


def count_behind(matter: Matter) -> int:
    """How many documents an index of this machine's own does not hold as other machines left them in the records that
    all share; 0 where there are no other machines, or the index is theirs too."""
    if not matter.records.shared or engine_name(matter) in SHARED_ENGINES:
        return 0
    with matter.reading() as tx:
        return len(documents.without_step(tx, index_step(matter), VERSIONS["index"], SETTLED))


@dataclass(frozen=True, slots=True)
class Expected:
    """The documents that the index should hold, and those that it may hold or not: what other machines did with them
    comes into it with the next intake."""

    must: frozenset[str]
    may: frozenset[str] = frozenset()

    def missing(self, found: Set[str]) -> Set[str]:
        """Those that should be in the index and are not."""
        return self.must - found

    def surplus(self, found: Set[str]) -> Set[str]:
        """Those in the index that should not be."""
        return found - self.must - self.may


def expected_in_index(matter: Matter) -> Expected:
    """What the index should hold, as the records tell."""
    with matter.reading() as tx:
        everything = documents.summaries(tx)
        settled = frozenset(s.id for s in everything if s.page_count and s.state in SETTLED)
        if not matter.records.shared:
            return Expected(settled)
        pending = documents.without_step(tx, index_step(matter), VERSIONS["index"], SETTLED)
        being_read = (s.id for s in everything if s.state not in SETTLED)
    return Expected(settled - set(pending), frozenset((*pending, *being_read)))


def _write(matter: Matter, batch: Batch, ids: Iterable[str]) -> None:
    with matter.reading() as tx:
        book = Book.read(tx)
    for document in ids:
        with matter.reading() as tx:
            evidence = documents.evidence(tx, documents.summary(tx, document), placed=False)
            links = matters.link_list(tx, document=document)
            labels = arrivals.label_list(tx, document)
        batch.replace(document, entries(evidence, links, book, labels))


def _seen(matter: Matter) -> int:
    """The newest entry of the audit: what comes behind it may not be in the index that is being written."""
    with matter.reading() as tx:
        return audit_log.head(tx).seq


def _done(matter: Matter, ids: Sequence[str], seen: int) -> None:
    """Note it after the index has it: a crash in between only writes it again.

    Documents about which somebody decided something meanwhile are left for the next time.
    """
    with matter.change() as change:
        touched = audit_log.touched_since(change.tx, seen)
        for document in ids:
            if document not in touched:
                documents.set_done(change.tx, document, index_step(matter), VERSIONS["index"])


def entries(
    evidence: Evidence, links: Iterable[Link], book: Book, labels: Iterable[tuple[str, str]] = ()
) -> list[PageEntry]:
    """A document's pages as the index takes them. Rejected links do not count.

    The numbers that a production gave to its pages are found as references.
    """
    summary = evidence.summary
    standing = sorted({link.event for link in links if link.status != "rejected"})
    claims = sorted({*(event.partition("/")[0] for event in standing), *summary.given_claims})
    parties = party_names(evidence, book)
    amounts, references = _by_page(evidence)
    for number, bates in _bates(labels, len(evidence.document.pages)):
        references[number].append(bates)
    return [
        PageEntry(
            doc=summary.id,
            page=page.number,
            text=evidence.document.text[page.start : page.end],
            name=summary.name,
            kind=summary.kind,
            title=summary.title,
            date=summary.date,
            amounts=tuple(amounts[page.number]),
            parties=parties,
            aliases=book.aliases_of(parties),
            references=tuple(references[page.number]),
            claims=tuple(claims),
            events=tuple(standing),
            language=summary.language,
            paths=tuple(s.path for s in summary.sightings),
            state=summary.state,
        )
        for page in evidence.document.pages
    ]


def _bates(labels: Iterable[tuple[str, str]], pages: int) -> Iterator[tuple[int, str]]:
    """Each page with its number; where there are more numbers than pages (a sheet as data), the last has the rest."""
    for span in (value for key, value in labels if key == BATES):
        for at, bates in enumerate(spanned(span), 1):
            yield min(at, max(pages, 1)), bates


def party_names(evidence: Evidence, book: Book) -> tuple[str, ...]:
    """The document's parties under their names in the book, each once."""
    said = [c.value for c in evidence.summary.corrections if c.field == "party"]
    found = [name for _, name in evidence.names("party")]
    return tuple(dict.fromkeys(book.name_of(name) for name in (*said, *found)))


def _by_page(evidence: Evidence) -> tuple[dict[int, list[Decimal]], dict[int, list[str]]]:
    amounts: dict[int, list[Decimal]] = defaultdict(list)
    references: dict[int, list[str]] = defaultdict(list)
    for fact in evidence.facts:
        if isinstance(fact.value, Money):
            amounts[evidence.page_of(fact)].append(fact.value.amount)
        elif fact.kind == "reference" and isinstance(fact.value, str) and not is_words(fact):
            references[evidence.page_of(fact)].append(fact.value)
    return amounts, references
