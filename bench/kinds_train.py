"""`python -m bench.kinds_train`: trains the model of kinds on our own texts and writes `extractors/kinds/model.npz`.

The n-grams' weights are a multinomial logistic regression on the texts of `kinds_texts` and on handfuls of the cues'
own phrases, misread as OCR does; the layout's are another on the same texts. How both and the cues are weighed against
each other is a conditional logit, fitted on families of texts that the models had not seen. The same texts give the
same bytes. Needs scikit-learn (of the extra `dev`); the program itself does not.
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
from extractors.kinds.decision import Spoken, sorts, spoken
from extractors.kinds.grams import BUCKETS, grams_of
from extractors.kinds.layout import layout_of
from extractors.kinds.model import FILE, SORTS, TEXT_KINDS, Weighing, centred, features, squared

EACH = 25
"""Texts of every family."""
HANDFULS = 150
"""Handfuls of cues of every kind and script."""
FOLDS = 6
STRENGTH = 5.0
"""Inverse strength of the regularisation: a fifth of it and four times it do worse on unseen families."""
LAYOUT_STRENGTH = 0.03
DOCUMENTS = Path(__file__).parent.parent / "tests" / "extractors" / "kind_documents.py"
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A document as the model and the cues see it, its kind, and the families of texts of which it is made."""

    bucket: NDArray[np.int64]
    value: Numbers
    layout: Numbers
    said: Spoken
    kind: int
    families: frozenset[str]


@dataclass(frozen=True)
class Fitted:
    """Both models: coefficients (kinds by buckets, or by numbers of a layout) and intercepts."""

    words: tuple[Numbers, Numbers]
    layout: tuple[Numbers, Numbers]

    def sorts(self, each: Example) -> Numbers:
        """What all sorts of evidence say of an example, as the program would have it."""
        coefficients, intercepts = self.words
        raw = coefficients[:, each.bucket] @ each.value + intercepts
        laid = self.layout[0] @ squared(each.layout) + self.layout[1]
        different = len(each.bucket)
        return sorts(each.said, centred(raw, different), centred(laid, different))


def main() -> None:
    """Train, write, and say how large it is."""
    written = trained(EACH)
    FILE.write_bytes(written)
    print(f"{FILE.name}: {len(written)} bytes, made of texts {digest(EACH)}")


def example(document: Document, kind: str, families: frozenset[str] = frozenset()) -> Example:
    """What the models and the cues are given of a document."""
    pages = telling_pages(document)
    plains = [page.plain for page in pages]
    bucket, value = features(grams_of(plains))
    said = spoken(evidence_of(document, pages)[1])
    return Example(bucket, value, layout_of(plains), said, TEXT_KINDS.index(kind), families)


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


def fitted(examples: Sequence[Example], cues: Sequence[Example]) -> Fitted:
    """The models of these examples; the cues' handfuls have words and no layout."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # sums in one order, so that the same texts give the same bytes
        together = [*examples, *cues]
        words = _regression(_matrix(together), [e.kind for e in together], STRENGTH, "balanced")
        laid = squared(np.array([e.layout for e in examples]))
        mean, spread = laid.mean(axis=0), laid.std(axis=0) + 1e-6
        raw, intercept = _regression(
            (laid - mean) / spread, [e.kind for e in examples], LAYOUT_STRENGTH, None
        )
    return Fitted(words, (raw / spread, intercept - (raw / spread) @ mean))


def _regression(
    found: Any, kinds: Sequence[int], strength: float, balance: str | None
) -> tuple[Numbers, Numbers]:
    from sklearn.linear_model import LogisticRegression  # of the extra "dev"

    model = LogisticRegression(C=strength, max_iter=70, tol=1e-3, class_weight=balance)
    model.fit(found, kinds)
    return np.asarray(model.coef_), np.asarray(model.intercept_)


def _matrix(examples: Sequence[Example]) -> Any:
    from scipy.sparse import csr_matrix

    ends = np.cumsum([0, *(len(e.bucket) for e in examples)])
    columns = np.concatenate([e.bucket for e in examples])
    return csr_matrix(
        (np.concatenate([e.value for e in examples]), columns, ends), shape=(len(examples), BUCKETS)
    )


def unseen(
    examples: Sequence[Example], cues: Sequence[Example], folds: int = FOLDS
) -> list[tuple[Example, Numbers]]:
    """Each example with what all say of it, where the models never saw its family."""
    names = sorted({name for e in examples for name in e.families})
    random.Random(0).shuffle(names)
    found = []
    for fold in range(folds):
        out = frozenset(names[fold::folds])
        models = fitted([e for e in examples if not e.families & out], cues)
        found += [(e, models.sorts(e)) for e in examples if e.families <= out]
    return found


def weighing(found: Sequence[tuple[Example, Numbers]]) -> Weighing:
    """The weights of all sorts of evidence, and the kinds' offsets: most likely for these examples.

    A sign of the form (an e-mail, a recording) counts at least as it says: our texts have hardly any. All kinds count
    alike: how many families of each we wrote says nothing of how many papers of it a matter has.
    """
    from scipy.optimize import minimize

    rows = np.array([said for _, said in found])
    kinds = np.array([e.kind for e, _ in found])
    own = np.arange(len(kinds))
    share = alike(kinds)

    def loss(x: Numbers) -> tuple[float, Numbers]:
        logits = np.tensordot(rows, x[:SORTS], axes=(1, 0)) + x[SORTS:]
        logits -= logits.max(axis=1, keepdims=True)
        chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        likely = float(share @ np.log(np.maximum(chances[own, kinds], 1e-12)))
        chances[own, kinds] -= 1
        missed = chances * share[:, None]
        slope = np.r_[np.einsum("ik,isk->s", missed, rows), missed.sum(axis=0) + 2e-3 * x[SORTS:]]
        return -likely + 1e-3 * float(x[SORTS:] @ x[SORTS:]), slope

    start = np.r_[np.ones(SORTS), np.zeros(len(TEXT_KINDS))]
    bounds = [(0, 10), (0, 10), (1, 10), (0, 10), (0, 10)] + [(-5, 5)] * len(TEXT_KINDS)
    answer = np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x)
    first, second, third, fourth, fifth = (float(weight) for weight in answer[:SORTS])
    return Weighing(first, second, third, fourth, fifth, answer[SORTS:])


def alike(kinds: NDArray[np.int64]) -> Numbers:
    """A weight for each example, all together 1, by which every kind weighs the same."""
    found: Numbers = (1 / np.bincount(kinds)[kinds]) / len(np.unique(kinds))
    return found


def trained(each: int) -> bytes:
    """The model's file, of so many texts of every family."""
    examples, cues = of_texts(list(texts(each))), of_cues()
    by = weighing(unseen(examples, cues))
    return packed(fitted(examples, cues), by, rarity(examples), digest(each))


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


def packed(models: Fitted, by: Weighing, rare: NDArray[np.uint8], made_of: str) -> bytes:
    """The file: each coefficient of an n-gram a signed byte, with a scale for each kind."""
    coefficients, intercepts = models.words
    scale = np.abs(coefficients).max(axis=1) / 127
    small = np.round(coefficients / scale[:, None]).astype(np.int8).T
    weights = np.array([by.heading, by.words, by.form, by.model, by.layout, *by.offset])
    arrays = {
        "weights": np.ascontiguousarray(small),
        "scale": scale.astype("<f4"),
        "intercept": intercepts.astype("<f4"),
        "layout": np.ascontiguousarray(models.layout[0].T.astype("<f4")),
        "layout_intercept": models.layout[1].astype("<f4"),
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
