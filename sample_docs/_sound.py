"""A spoken note as a dictation machine keeps it: a WAVE file whose head says when and with what it was taken.

Chunks: RIFF (Microsoft, Multimedia Programming Interface 1.0) and `bext` (EBU Tech 3285). What is heard is drawn: syllables of a
buzzing voice with pauses, no words.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 8000
_VOWELS = ((730, 1090), (270, 2290), (530, 1840), (570, 840), (440, 1020))
"""First and second formant in Hz (Peterson and Barney, 1952)."""


@dataclass(frozen=True)
class Note:
    """A note: how long, when (date, time by the machine's own clock), by whom and with what."""

    seconds: float = 8.0
    date: str = ""
    time: str = ""
    machine: str = ""
    artist: str = ""
    title: str = ""
    comment: str = ""


def voice_note(spec: Note, rng: np.random.Generator) -> bytes:
    """The .wav: one channel, 8 bits, 8 kHz."""
    form = struct.pack("<HHIIHH", 1, 1, RATE, RATE, 1, 8)
    tags = {"INAM": spec.title, "IART": spec.artist, "ICMT": spec.comment}
    told = b"".join(_chunk(key, value.encode() + b"\0") for key, value in tags.items() if value)
    chunks = [_chunk("fmt ", form), _chunk("LIST", b"INFO" + told), _chunk("data", _voice(spec.seconds, rng))]
    if spec.date:
        chunks.insert(0, _chunk("bext", _origin(spec)))
    return _chunk("RIFF", b"WAVE" + b"".join(chunks))


def _chunk(kind: str, content: bytes) -> bytes:
    return kind.encode() + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _origin(spec: Note) -> bytes:
    texts = ((spec.title, 256), (spec.machine, 32), ("", 32), (spec.date, 10), (spec.time, 8))
    fields = b"".join(text.encode()[:size].ljust(size, b"\0") for text, size in texts)
    return fields + struct.pack("<QH", 0, 1) + bytes(254)


def _voice(seconds: float, rng: np.random.Generator) -> bytes:
    parts: list[NDArray[np.float64]] = []
    while sum(map(len, parts)) < seconds * RATE:
        for _ in range(int(rng.integers(3, 8))):
            parts.append(_syllable(rng))
        parts.append(np.zeros(int(rng.integers(RATE // 5, RATE // 2))))
    wave = np.concatenate(parts)[: int(seconds * RATE)]
    return np.clip(128 + 90 * wave, 0, 255).astype(np.uint8).tobytes()


def _syllable(rng: np.random.Generator) -> NDArray[np.float64]:
    """A buzz of 110 Hz and its overtones, the louder the nearer they lie to the vowel's formants."""
    length = int(rng.integers(RATE // 9, RATE // 5))
    at = np.arange(length) / RATE
    pitch = 110 + float(rng.uniform(-12, 12))
    formants = _VOWELS[int(rng.integers(len(_VOWELS)))]
    tones = np.arange(1, 30) * pitch
    loud = sum(np.exp(-(((tones - formant) / 160) ** 2)) for formant in formants) + 0.05
    wave = (loud[:, None] * np.sin(2 * np.pi * tones[:, None] * at)).sum(axis=0)
    return np.sin(np.pi * np.arange(length) / length) * wave / np.abs(wave).max()
