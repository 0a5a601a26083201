"""RapidOCR's models (PP-OCRv6: Chinese, traditional Chinese, Japanese and English in one), run by ONNX Runtime.

Of the package only the models in its wheel are used, nothing is ever downloaded. Its own pipeline is not run: it
takes seconds to import, needs a gigabyte for a page at 300 dpi, and gives words the confidences of characters.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import importlib.util
import math
import os
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from extractors.errors import OcrFailed, RapidOcrMissing, TimedOut
from extractors.ocr.engine import Bearing, Layout, OcrImage, Recognised

if TYPE_CHECKING:
    from extractors.ocr.page_lines import Networks, PageLines

LANGUAGES = frozenset({"eng", "chi_sim", "chi_tra", "jpn"})
"""What the models read, by Tesseract's names; always all of them, whichever are asked for."""
_FINDS, _READS = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
_REMEMBERED = 16
"""Pictures whose lines are kept: policies ask again for the same picture, in other languages or another layout."""
MOST_PIXELS = 40_000_000
"""A larger picture is made smaller before it is read."""
_CERTAIN = 10.0
"""What a difference of 1 in mean confidence, between the right way up and the other, counts as in `Bearing.sure`."""
_NO_MEMORY = ("bad_alloc", "bad allocation", "allocate", "insufficient memory", "map segment")
"""What the runtimes say when memory runs out; they have no class of error for it."""

Key = tuple[str, int, int]


class RapidOcr:
    """The RapidOCR engine. Its models are loaded at the first picture and kept as long as the process lives."""

    name = "rapidocr"

    def __init__(self) -> None:
        self._remembered: OrderedDict[Key, PageLines] = OrderedDict()

    @cached_property
    def version(self) -> str:
        """Of the package, which is that of its models: such as "3.10.0". Raises RapidOcrMissing."""
        try:
            return importlib.metadata.version("rapidocr")
        except importlib.metadata.PackageNotFoundError as error:
            raise RapidOcrMissing("RapidOCR is not installed") from error

    def check(self, languages: Sequence[str]) -> None:
        """Raises RapidOcrMissing when the package, its models, its runtime or one of the languages is missing."""
        missing = [language for language in languages if language not in LANGUAGES]
        if missing:
            known = ", ".join(sorted(LANGUAGES))
            raise RapidOcrMissing(
                f"RapidOCR {self.version} lacks the languages: {', '.join(missing)}",
                hint=f"Choose among {known} in ocr.languages, or the engine tesseract in ocr.engine.",
            )
        _ = self._networks

    def recognise(
        self, images: Sequence[OcrImage], languages: Sequence[str], layout: Layout, seconds: float
    ) -> list[Recognised]:
        """What stands in each image, in order. Raises OcrFailed naming the page, TimedOut, RapidOcrMissing.

        A page that lies on its side or upside down is read as if it were upright.
        """
        if any(language not in LANGUAGES for language in languages):
            self.check(languages)
        from extractors.ocr.page_lines import arranged

        deadline = time.monotonic() + seconds
        return [
            arranged(self._lines(image, _until(deadline, image, seconds)), columns=layout == "page")
            for image in images
        ]

    def bearing(self, image: OcrImage, seconds: float) -> Bearing | None:
        """How the image lies, as the longest of its lines read best; None when there are none."""
        from extractors.ocr.detection import find_regions
        from extractors.ocr.page_lines import standing_of

        tick = _until(time.monotonic() + seconds, image, seconds)
        picture, networks = _picture(image), self._networks
        standing = standing_of(picture, find_regions(picture, networks.find), networks)
        tick()
        if standing is None or not standing.text:
            return None
        sure = _CERTAIN * max(0.0, standing.confidence - standing.other)
        return Bearing(standing.quarters * 90, sure, "Han" if standing.is_han else "Latin")

    def _lines(self, image: OcrImage, tick: Callable[[], None]) -> PageLines:
        from extractors.ocr.page_lines import lines_of_page

        tick()
        key = _key(image)
        if key not in self._remembered:
            self._remembered[key] = lines_of_page(_picture(image), self._networks, tick)
            _give_back()
        self._remembered.move_to_end(key)
        while len(self._remembered) > _REMEMBERED:
            self._remembered.popitem(last=False)
        return self._remembered[key]

    @cached_property
    def _networks(self) -> Networks:
        _ = self.version
        finds, reads = (_session(_model(name)) for name in (_FINDS, _READS))
        from extractors.ocr.page_lines import Networks

        characters = reads.get_modelmeta().custom_metadata_map.get("character", "").splitlines()
        alphabet = ("", *characters, " ")
        if reads.get_outputs()[0].shape[-1] != len(alphabet):
            raise RapidOcrMissing(f"RapidOCR {self.version}: the alphabet does not fit the model {_READS}")
        return Networks(_network(finds), _network(reads), alphabet)


def engine() -> RapidOcr:
    """The engine."""
    return RapidOcr()


def _model(name: str) -> Path:
    """The file of a model in the installed package, found without importing that."""
    spec = importlib.util.find_spec("rapidocr")
    folders = spec.submodule_search_locations if spec else None
    path = Path(folders[0]) / "models" / name if folders else None
    if path is None or not path.is_file():
        raise RapidOcrMissing(f"RapidOCR's model {name} is missing")
    return path


def _session(path: Path) -> Any:
    """A session of ONNX Runtime with one thread: several workers run side by side."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # OpenCV reads it when it is imported
    try:
        import cv2
        import onnxruntime

        cv2.setNumThreads(1)
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # the arena keeps what the largest page ever took
        options.log_severity_level = 4
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # what ONNX Runtime raises for a damaged model has no common class
        _raise_lack_of_memory(error)
        if isinstance(error, ImportError):
            raise RapidOcrMissing(f"ONNX Runtime or OpenCV cannot be loaded: {error}") from error
        raise RapidOcrMissing(
            f"RapidOCR's model {path.name} cannot be loaded ({type(error).__name__})"
        ) from error


def _network(session: Any) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    name = session.get_inputs()[0].name

    def run(picture: NDArray[np.float32]) -> NDArray[np.float32]:
        try:
            answer: NDArray[np.float32] = session.run(None, {name: picture})[0]
            return answer
        except (
            Exception
        ) as error:  # raised again: only a lack of memory gets its name, which has no class there
            _raise_lack_of_memory(error)
            raise

    return run


def _raise_lack_of_memory(error: Exception) -> None:
    if isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in _NO_MEMORY):
        raise MemoryError from error


def _give_back() -> None:
    """Returns to the system what the page took: glibc would keep it, a little more in pieces with every page."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def _picture(image: OcrImage) -> NDArray[np.uint8]:
    """The picture in grey levels."""
    try:
        with Image.open(image.path) as picture:
            grey = picture.convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise OcrFailed(
            f"page {image.page}: its picture cannot be opened ({type(error).__name__})"
        ) from error
    shrink = math.sqrt(MOST_PIXELS / (grey.width * grey.height))
    if shrink < 1:
        grey = grey.resize((max(1, int(grey.width * shrink)), max(1, int(grey.height * shrink))))
    return np.asarray(grey)


def _key(image: OcrImage) -> Key:
    try:
        state = image.path.stat()
    except OSError as error:
        raise OcrFailed(
            f"page {image.page}: its picture cannot be opened ({type(error).__name__})"
        ) from error
    return str(image.path), state.st_mtime_ns, state.st_size


def _until(deadline: float, image: OcrImage, seconds: float) -> Callable[[], None]:
    """A function that raises TimedOut once the time is up."""

    def tick() -> None:
        if time.monotonic() >= deadline:
            raise TimedOut(f"page {image.page}: OCR took longer than {seconds:.0f} seconds")

    return tick
