"""`python -m bench.kinds_train`: trains the model of kinds on our own texts and writes `extractors/kinds/model.npz`.

The n-grams' weights are a multinomial logistic regression on the texts of `kinds_texts` and on handfuls of the cues'
own phrases, misread as OCR does. How model and cues are weighed against each other is a conditional logit, fitted on
families of texts that the model had not seen and on the documents of the tests. The same texts give the same bytes.
Needs scikit-learn (of the extra `dev`); the program itself does not.
"""

from __future__ import annotations

import importlib.util
import io
import random
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.kinds_noise import misread
from bench.kinds_texts import Text, digest, texts
from extractors.document import Document, PageText, assemble
from extractors.facts.plain import has_han
from extractors.kinds import evidence_of, telling_pages
from extractors.kinds.cues import Cue, cue_entries
from extractors.kinds.decision import Spoken, spoken
from extractors.kinds.grams import BUCKETS, grams_of
from extractors.kinds.model import FILE, TEXT_KINDS, amount, features

EACH = 40
"""Texts of every family."""
HANDFULS = 150
"""Handfuls of cues of every kind and script."""
FOLDS = 8
STRENGTH = 5.0
"""Inverse strength of the regularisation: half of it and twice it do no better on unseen families."""
DOCUMENTS = Path(__file__).parent.parent / "tests" / "extractors" / "kind_documents.py"
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A document as the model and the cues see it, its kind, and the families of texts of which it is made."""

    bucket: NDArray[np.int64]
    value: Numbers
    said: Spoken
    kind: int
    families: frozenset[str]

    @property
    def amount(self) -> float:
        """How far the model's word counts."""
        return amount(len(self.bucket))


def main() -> None:
    """Train, write, and say how large it is."""
    written = trained(EACH)
    FILE.write_bytes(written)
    print(f"{FILE.name}: {len(written)} bytes, made of texts {digest(EACH)}")


def example(document: Document, kind: str, families: frozenset[str] = frozenset()) -> Example:
    """What the model and the cues are given of a document."""
    pages = telling_pages(document)
    bucket, value = features(grams_of([page.plain for page in pages]))
    return Example(bucket, value, spoken(evidence_of(document, pages)[1]), TEXT_KINDS.index(kind), families)


def of_texts(found: Sequence[Text]) -> list[Example]:
    """The texts as examples."""
    return [
        example(text.document(), text.family.kind, frozenset(f.path for f in (text.family, text.also) if f))
        for text in found
    ]


def of_cues() -> list[Example]:
    """Handfuls of phrases that speak for a kind, some misread: so the model knows all words that the cues know."""
    by_kind: dict[tuple[str, bool], list[tuple[str, Cue]]] = {}
    for phrase, cue in cue_entries():
        by_kind.setdefault((cue.kind, has_han(phrase)), []).append((phrase, cue))
    return [
        example(_handful(found, random.Random(f"{kind}/{han}/{number}")), kind)
        for (kind, han), found in sorted(by_kind.items())
        for number in range(HANDFULS)
    ]


def _handful(found: Sequence[tuple[str, Cue]], chance: random.Random) -> Document:
    weights = [cue.weight for _, cue in found]
    chosen = chance.choices(found, weights, k=chance.randrange(4, 14))
    rate = chance.choice([0, 0, 0.02, 0.06, 0.1])
    return assemble(
        [PageText(misread("\n".join(p for p, _ in chosen), rate, chance), 595, 842)], "text/plain"
    )


def of_tests() -> list[Example]:
    """The documents of the tests, clean and misread: none of them was trained on."""
    return [
        example(
            assemble([PageText(misread(text, rate, random.Random(f"{at}/{rate}")), 595, 842)], "text/plain"),
            kind,
        )
        for at, (kind, text) in enumerate(test_documents())
        for rate in (0.0, 0.02, 0.06, 0.1)
    ]


def test_documents() -> list[tuple[str, str]]:
    """The (kind, text) of the tests' documents."""
    spec = importlib.util.spec_from_file_location("kind_documents", DOCUMENTS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: list[tuple[str, str]] = module.DOCUMENTS
    return found


def fitted(examples: Sequence[Example]) -> tuple[Numbers, Numbers]:
    """The regression's coefficients (kinds by buckets) and intercepts."""
    from sklearn.linear_model import LogisticRegression  # of the extra "dev"
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # sums in one order, so that the same texts give the same bytes
        model = LogisticRegression(C=STRENGTH, max_iter=60, tol=1e-3, class_weight="balanced")
        model.fit(_matrix(examples), [e.kind for e in examples])
    return np.asarray(model.coef_), np.asarray(model.intercept_)


def _matrix(examples: Sequence[Example]) -> Any:
    from scipy.sparse import csr_matrix

    ends = np.cumsum([0, *(len(e.bucket) for e in examples)])
    columns = np.concatenate([e.bucket for e in examples])
    return csr_matrix(
        (np.concatenate([e.value for e in examples]), columns, ends), shape=(len(examples), BUCKETS)
    )


def speaks(example: Example, coefficients: Numbers, intercepts: Numbers) -> Numbers:
    """The model's logits of an example, as `Model.speaks` gives them."""
    raw = coefficients[:, example.bucket] @ example.value + intercepts
    centred: Numbers = (raw - raw.mean()) * example.amount
    return centred


def unseen(
    examples: Sequence[Example], cues: Sequence[Example], folds: int = FOLDS
) -> list[tuple[Example, Numbers]]:
    """Each example with what a model says of it that never saw its family."""
    names = sorted({name for e in examples for name in e.families})
    random.Random(0).shuffle(names)
    found = []
    for fold in range(folds):
        out = frozenset(names[fold::folds])
        model = fitted([*(e for e in examples if not e.families & out), *cues])
        found += [(e, speaks(e, *model)) for e in examples if e.families <= out]
    return found


def weighing(found: Sequence[tuple[Example, Numbers]], weights: Sequence[float]) -> Numbers:
    """The weights of headings, words, form and model, and the kinds' offsets: most likely for these examples."""
    from scipy.optimize import minimize

    sorts = np.array([[e.said.heading, e.said.words, e.said.form, said] for e, said in found])
    kinds = np.array([e.kind for e, _ in found])
    share = np.asarray(weights) / np.sum(weights)

    def loss(x: Numbers) -> tuple[float, Numbers]:
        logits = np.tensordot(sorts, x[:4], axes=(1, 0)) + x[4:]
        logits -= logits.max(axis=1, keepdims=True)
        chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        missed = chances.copy()
        missed[np.arange(len(kinds)), kinds] -= 1
        missed *= share[:, None]
        slope = np.concatenate([np.einsum("ik,isk->s", missed, sorts), missed.sum(axis=0)])
        likely = np.log(np.maximum(chances[np.arange(len(kinds)), kinds], 1e-12))
        return float(-(share * likely).sum()) + 1e-3 * float(x[4:] @ x[4:]), slope + np.r_[
            np.zeros(4), 2e-3 * x[4:]
        ]

    start = np.r_[np.ones(4), np.zeros(len(TEXT_KINDS))]
    answer = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=[(0, 10)] * 4 + [(-5, 5)] * len(TEXT_KINDS)
    )
    return np.asarray(answer.x)


def evenly(found: Sequence[tuple[Example, Numbers]], tests: int) -> list[float]:
    """Weights by which the tests' documents (the last ones) count as much as all texts of ours."""
    ours = len(found) - tests
    return [1 / ours] * ours + [1 / tests] * tests


def trained(each: int) -> bytes:
    """The model's file, of so many texts of every family."""
    examples, cues, tests = of_texts(list(texts(each))), of_cues(), of_tests()
    whole = fitted([*examples, *cues])
    found = [*unseen(examples, cues), *((e, speaks(e, *whole)) for e in tests)]
    weights = weighing(found, evenly(found, len(tests)))
    return packed(*whole, weights, rarity(examples), digest(each))


def rarity(examples: Sequence[Example]) -> NDArray[np.uint8]:
    """For each bucket the square of its inverse document frequency among the families, the largest 255."""
    counts: dict[frozenset[str], Numbers] = {}
    sizes: dict[frozenset[str], int] = {}
    for each in (e for e in examples if len(e.families) == 1):
        held = counts.setdefault(each.families, np.zeros(BUCKETS))
        held[each.bucket] += 1
        sizes[each.families] = sizes.get(each.families, 0) + 1
    shares = np.add.reduce([held / sizes[name] for name, held in counts.items()])
    squares = np.log((1 + len(counts)) / (1 + shares)) ** 2
    return np.round(squares * (255 / squares.max())).astype(np.uint8)


def packed(
    coefficients: Numbers, intercepts: Numbers, weights: Numbers, rare: NDArray[np.uint8], made_of: str
) -> bytes:
    """The file: each coefficient a signed byte, with a scale for each kind."""
    scale = np.abs(coefficients).max(axis=1) / 127
    small = np.round(coefficients / scale[:, None]).astype(np.int8).T
    arrays = {
        "weights": np.ascontiguousarray(small),
        "scale": scale.astype("<f4"),
        "intercept": intercepts.astype("<f4"),
        "weighing": np.round(weights, 4).astype("<f4"),
        "rarity": rare,
        "made_of": np.array(made_of),
    }
    return b"".join(_zipped(arrays))


def _zipped(arrays: dict[str, NDArray[Any]]) -> Iterator[bytes]:
    """As numpy's `savez_compressed`, but without the time of day."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            held = io.BytesIO()
            np.lib.format.write_array(held, array, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, held.getvalue(), zipfile.ZIP_DEFLATED, 9)
    yield whole.getvalue()


if __name__ == "__main__":
    main()
