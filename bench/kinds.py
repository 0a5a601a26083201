"""`python -m bench.kinds [WORKSPACE]`: how often kinds are right, and whether a confidence means what it says.

Four ways are compared on the same documents: the cues alone, the words, the layout, all together. Measured on families
of our texts that no model was trained on (models are trained for each part, a minute in all), on the documents of the
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
from bench.kinds_train import Example, Numbers, alike, example, of_cues, of_tests, of_texts, unseen, weighing
from bench.samples import expectations
from extractors.kinds.decision import sorts, weighed
from extractors.kinds.model import TEXT_KINDS, Weighing, centred, model, squared
from pipeline.matter import Matter
from pipeline.records import documents

BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
Said = tuple[Example, Numbers]


@dataclass(frozen=True)
class Way:
    """A way to tell the kind: logits for a document of which all sorts of evidence say this."""

    name: str
    logits: Callable[[Example, Numbers], Numbers]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.kinds", description=__doc__)
    parser.add_argument("workspace", nargs="?", type=Path)
    parser.add_argument("--each", type=int, default=15, help="texts of every family")
    given = parser.parse_args(arguments)
    made = list(texts(given.each))
    examples = of_texts(made)
    kept = {id(e): text for e, text in zip(examples, made, strict=True)}
    ways = _crossed(unseen(examples, of_cues()))
    for title, wanted in (
        ("whole pages, typed", lambda text: text.whole and not text.noise),
        ("whole pages, misread", lambda text: text.whole and text.noise),
        ("all: whole, fragments, blends, misread ones too", lambda _: True),
    ):
        part = [(way, [said for said in found if wanted(kept[id(said[0])])]) for way, found in ways]
        report(f"families unseen, {title}", part)
    shipped = Way("both", lambda _, said: weighed(said, model().weighing))
    report("the tests' documents, clean and misread (the cues know them)", [(shipped, _of_tests())])
    if given.workspace:
        report("sample documents (the cues know them)", [(shipped, _samples(given.workspace))])


def _crossed(found: Sequence[Said]) -> list[tuple[Way, Sequence[Said]]]:
    """All together, weighed by what was fitted on the other half of the families."""
    names = sorted({name for each, _ in found for name in each.families})
    first = set(names[::2])
    halves = [[s for s in found if (min(s[0].families) in first) is side] for side in (True, False)]
    return [(_together(weighing(other)), half) for half, other in (halves, halves[::-1])]


def _together(by: Weighing) -> Way:
    return Way("both", lambda _, said: weighed(said, by))


def _of_tests() -> list[Said]:
    return [(each, _shipped(each)) for each in of_tests()]


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
    """What all sorts of evidence say, by the models that come with the program."""
    held = model()
    raw = (found.value @ held.weights[found.bucket]) * held.scale + held.intercept
    laid = squared(found.layout) @ held.layout + held.layout_intercept
    different = len(found.bucket)
    return sorts(found.said, centred(raw, different), centred(laid, different))


ALONE = (
    Way(
        "cues",
        lambda e, _: e.said.heading + e.said.words + e.said.form + 1.2 * (np.array(TEXT_KINDS) == "other"),
    ),
    Way("words", lambda _, said: said[3]),
    Way("layout", lambda _, said: said[4]),
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
        print(f"{name:<8}{alike(kinds) @ right:>7.3f}" + "".join(f"{share:>14.3f}" for share in each))
    for name, chances, kinds in rows:
        _reliability(name, chances, kinds)
    _confusion(*rows[-1][1:])


def _kinds(found: Sequence[Said]) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array([each.kind for each, _ in found])


def _chances(way: Way, found: Sequence[Said]) -> Numbers:
    logits = np.array([way.logits(each, said) for each, said in found])
    logits -= logits.max(axis=1, keepdims=True)
    chances: Numbers = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return chances


def _confusion(chances: Numbers, kinds: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> None:
    """What each kind is taken for, in per cent."""
    taken = chances.argmax(axis=1)
    print("is / taken for, %".ljust(20) + "".join(f"{kind[:8]:>9}" for kind in TEXT_KINDS))
    for at, kind in enumerate(TEXT_KINDS):
        shares = (
            np.bincount(taken[kinds == at], minlength=len(TEXT_KINDS)) * 100 / max(1, (kinds == at).sum())
        )
        print(f"{kind:<20}" + "".join(f"{share:>9.0f}" for share in shares))


def _reliability(name: str, chances: Numbers, kinds: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> None:
    """Of the answers with such a confidence, how many are right; ECE over these bins; Brier's score of all kinds.

    All kinds weigh alike, as in the fit.
    """
    share = alike(kinds)
    confidence, right = chances.max(axis=1), chances.argmax(axis=1) == kinds
    brier = float(share @ ((chances - np.eye(len(TEXT_KINDS))[kinds]) ** 2).sum(axis=1))
    error, cells = 0.0, []
    for low, high in pairwise(BINS):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            weights = share[inside] / share[inside].sum()
            said, true = float(weights @ confidence[inside]), float(weights @ right[inside])
            error += float(share[inside].sum()) * abs(said - true)
            cells.append(f"{said:.2f}→{true:.2f} ({inside.sum()})")
    print(f"{name:<8}ECE {error:.3f}  Brier {brier:.3f}  said→right: {'  '.join(cells)}")


if __name__ == "__main__":
    main()
