"""A film's pictures, by OpenCV and the FFmpeg in it: opened without leave to follow anything, and read upright."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from extractors.errors import MediaLibraryMissing
from extractors.readers.sealed import sealed

Picture = NDArray[np.uint8]
"""Height × width × 3 (blue, green, red)."""

_FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,m4v,asf,asf_o,flv,ogg,rm,mxf"
"""Containers that hold their content themselves: no playlist (hls, dash, concat, sdp), no series of pictures."""
_ENVIRONMENT: Final = {
    "OPENBLAS_NUM_THREADS": "1",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
    "OPENCV_FFMPEG_CAPTURE_OPTIONS": f"protocol_whitelist;file|format_whitelist;{_FORMATS}",
}
"""What OpenCV and FFmpeg are told before a file is opened; -8 is FFmpeg's "quiet"."""
_PATIENCE = 10_000
"""Milliseconds within which FFmpeg must open a file."""
_QUALITY = 93
_SANE_RATE = 500.0
"""Frames per second beyond which a file's own rate is a mistake."""


def version() -> str:
    """OpenCV's own version. Raises MediaLibraryMissing."""
    return str(_opencv().__version__)


class Film:
    """An open film; `pixels` is the number of pixels beyond which a frame is not decoded. Use `opened`."""

    def __init__(self, capture: Any, pixels: int) -> None:
        self._capture, self._cv, self._pixels = capture, _opencv(), pixels
        rate, count = self._property("FPS"), self._property("FRAME_COUNT")
        sane = 0 < rate <= _SANE_RATE
        self.rate = rate if sane else 0.0
        """Frames per second; 0 when not known."""
        self.count = int(count) if sane and 0 < count < 1e9 else 0
        """How many frames the file says it has; 0 when it does not."""
        self._at = -1

    @property
    def too_large(self) -> bool:
        """Whether a frame has more pixels than it may."""
        return self._property("FRAME_WIDTH") * self._property("FRAME_HEIGHT") > self._pixels

    @property
    def seconds(self) -> float:
        """When the frame that was stepped to is shown, from the beginning."""
        told = self._property("POS_MSEC") / 1000
        if told <= 0 and self._at > 0 and self.rate:
            return self._at / self.rate
        return max(told, 0.0)

    def step(self, times: int = 1) -> bool:
        """Goes on by so many frames; False where the film ends or is damaged beyond them."""
        with sealed():
            for _ in range(times):
                if not self._capture.grab():
                    return False
                self._at += 1
        return True

    def go_to(self, frame: int) -> bool:
        """Goes to a frame by its number from 0; False where the container cannot be searched."""
        with sealed():
            if not self._capture.set(self._cv.CAP_PROP_POS_FRAMES, frame):
                return False
        self._at = frame - 1
        return self.step()

    def picture(self) -> Picture | None:
        """The frame that was stepped to, upright as the file says; None where it cannot be decoded."""
        if self.too_large:
            return None
        with sealed():
            found, picture = self._capture.retrieve()
        return picture if found and picture is not None and picture.ndim == 3 and picture.size else None

    def _property(self, name: str) -> float:
        return float(self._capture.get(getattr(self._cv, f"CAP_PROP_{name}")))


@contextmanager
def opened(path: Path, pixels: int) -> Iterator[Film | None]:
    """The film at `path`; None where FFmpeg cannot open it or finds no moving picture in it.

    Raises MediaLibraryMissing.
    """
    cv = _opencv()
    options = [cv.CAP_PROP_N_THREADS, 1, cv.CAP_PROP_OPEN_TIMEOUT_MSEC, _PATIENCE]
    with _environment(), sealed(files=1):
        capture = cv.VideoCapture(str(path), cv.CAP_FFMPEG, options)
    try:
        if capture.isOpened():
            capture.set(cv.CAP_PROP_ORIENTATION_AUTO, 1)
            yield Film(capture, pixels)
        else:
            yield None
    finally:
        capture.release()


def smaller(picture: Picture, wide: int, high: int) -> Picture:
    """The picture in that size, each pixel the mean of those that it stands for."""
    cv = _opencv()
    small: Picture = cv.resize(picture, (wide, high), interpolation=cv.INTER_AREA)
    return small


def packed(picture: Picture) -> bytes:
    """The picture as JPEG."""
    cv = _opencv()
    _, data = cv.imencode(".jpg", picture, [cv.IMWRITE_JPEG_QUALITY, _QUALITY])
    return bytes(data)


def _opencv() -> ModuleType:
    with _environment():
        try:
            import cv2
        except ImportError as error:
            raise MediaLibraryMissing("OpenCV, which reads the frames of videos, cannot be loaded") from error
    cv2.setNumThreads(1)
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    return cv2


@contextmanager
def _environment() -> Iterator[None]:
    """The libraries are told in environment variables, and only what they read at this moment."""
    before = {name: os.environ.get(name) for name in _ENVIRONMENT}
    os.environ.update(_ENVIRONMENT)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
