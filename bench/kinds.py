"""`python -m bench.kinds [WORKSPACE]`: how often kinds are right, and whether a confidence means what it says.

Three ways are compared on the same documents: the cues alone, the model alone, both together. Measured on families of
our texts that a model was not trained on (a model is trained for each part, a minute in all), on the documents of the
tests, clean and misread, and, where a workspace is given that holds them, on the sample documents.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from bench.kinds_texts import texts
from bench.kinds_train import (
    Example,
    Numbers,
    evenly,
    example,
    fitted,
    of_cues,
    of_tests,
    of_texts,
    speaks,
    unseen,
    weighing,
)
from bench.samples import expectations
from extractors.kinds.model import TEXT_KINDS, model
from pipeline.matter import Matter
from pipeline.records import documents

BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
Said = tuple[Example, Numbers]


@dataclass(frozen=True)
class Way:
    """A way to tell the kind: logits for a document of which the model said this."""

    name: str
    logits: Callable[[Example, Numbers], Numbers]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.kinds", description=__doc__)
    parser.add_argument("workspace", nargs="?", type=Path)
    parser.add_argument("--each", type=int, default=15, help="texts of every family")
    given = parser.parse_args(arguments)
    made = list(texts(given.each))
    examples, cues, tests = of_texts(made), of_cues(), of_tests()
    clean = {id(each) for each, text in zip(examples, made, strict=True) if text.whole and not text.noise}
    found = unseen(examples, cues)
    trained = fitted([*examples, *cues])
    of_test = [(each, speaks(each, *trained)) for each in tests]
    ways = _crossed(found, of_test)
    whole_ones = [(way, [said for said in part if id(said[0]) in clean]) for way, part in ways]
    report("families unseen, whole pages, typed", whole_ones)
    report("families unseen, all: whole, fragments, blends, misread ones too", ways)
    shipped = Way("both", lambda e, said: _weighed(e, said, _held()))
    report(
        "the tests' documents, clean and misread (model untrained on them, weighing and cues not)",
        [(shipped, of_test)],
    )
    if given.workspace:
        report("sample documents (model untrained on them, cues not)", [(shipped, _samples(given.workspace))])


def _held() -> Numbers:
    """The weighing that comes with the program."""
    by = model().weighing
    return np.array([by.heading, by.words, by.form, by.model, *by.offset])


def _weighed(found: Example, said: Numbers, by: Numbers) -> Numbers:
    sums: Numbers = by[:4] @ np.array([found.said.heading, found.said.words, found.said.form, said]) + by[4:]
    return sums


def _crossed(found: Sequence[Said], tests: Sequence[Said]) -> list[tuple[Way, Sequence[Said]]]:
    """Both together, weighed by what was fitted on the other half of the families."""
    names = sorted({name for each, _ in found for name in each.families})
    first = set(names[::2])
    halves = [[s for s in found if (min(s[0].families) in first) is side] for side in (True, False)]
    ways: list[tuple[Way, Sequence[Said]]] = []
    for half, other in (halves, halves[::-1]):
        by = weighing([*other, *tests], evenly([*other, *tests], len(tests)))
        ways.append((Way("both", lambda e, said, by=by: _weighed(e, said, by)), half))  # type: ignore[misc]
    return ways


def _samples(workspace: Path) -> list[Said]:
    truth = expectations()
    found = []
    with Matter.open(workspace, "bench") as matter, matter.reading() as tx:
        for summary in documents.summaries(tx):
            told = next(
                (truth[s.path]["kind"] for s in summary.sightings if truth.get(s.path, {}).get("kind")), None
            )
            if told in TEXT_KINDS and summary.page_count:
                each = example(documents.reading(tx, summary), str(told))
                found.append((each, _shipped(each)))
    return found


def _shipped(found: Example) -> Numbers:
    """What the model that comes with the program says."""
    held = model()
    raw = (found.value @ held.weights[found.bucket]) * held.scale + held.intercept
    centred: Numbers = (raw - raw.mean()) * found.amount
    return centred


ALONE = (
    Way(
        "cues",
        lambda e, _: e.said.heading + e.said.words + e.said.form + 1.2 * (np.array(TEXT_KINDS) == "other"),
    ),
    Way("model", lambda _, said: said),
)


def report(title: str, both: Sequence[tuple[Way, Sequence[Said]]]) -> None:
    """Print accuracy by kind, and reliability, of each way."""
    everything = [said for _, part in both for said in part]
    print(f"\n{title}: {len(everything)} documents")
    rows = [(way.name, _chances(way, everything), _kinds(everything)) for way in ALONE]
    parts = [(_chances(way, part), _kinds(part)) for way, part in both]
    rows.append(("both", np.concatenate([c for c, _ in parts]), np.concatenate([k for _, k in parts])))
    print(f"{'':<8}{'right':>7}" + "".join(f"{kind[:12]:>14}" for kind in TEXT_KINDS))
    for name, chances, kinds in rows:
        right = chances.argmax(axis=1) == kinds
        each = [
            right[kinds == at].mean() if (kinds == at).any() else float("nan")
            for at in range(len(TEXT_KINDS))
        ]
        print(f"{name:<8}{right.mean():>7.3f}" + "".join(f"{share:>14.3f}" for share in each))
    for name, chances, kinds in rows:
        _reliability(name, chances, kinds)


def _kinds(found: Sequence[Said]) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array([each.kind for each, _ in found])


def _chances(way: Way, found: Sequence[Said]) -> Numbers:
    logits = np.array([way.logits(each, said) for each, said in found])
    logits -= logits.max(axis=1, keepdims=True)
    chances: Numbers = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return chances


def _reliability(name: str, chances: Numbers, kinds: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> None:
    """Of the answers with such a confidence, how many are right; ECE over these bins; Brier's score of all kinds."""
    confidence, right = chances.max(axis=1), chances.argmax(axis=1) == kinds
    brier = float(((chances - np.eye(len(TEXT_KINDS))[kinds]) ** 2).sum(axis=1).mean())
    error, cells = 0.0, []
    for low, high in pairwise(BINS):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            error += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
            cells.append(f"{confidence[inside].mean():.2f}→{right[inside].mean():.2f} ({inside.sum()})")
    print(f"{name:<8}ECE {error:.3f}  Brier {brier:.3f}  said→right: {'  '.join(cells)}")


if __name__ == "__main__":
    main()
