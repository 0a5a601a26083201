"""How much one document may cost. Checked before the work, and enforced on the worker that does it."""

from __future__ import annotations

from dataclasses import dataclass

BYTES_PER_PAGE = 50_000
"""A scan's page is seldom smaller, so a file's size bounds its pages before it is opened."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes are bytes unless the name says otherwise. The defaults suit a laptop with two workers."""

    seconds: float = 45.0
    """Wall time for reading one document, its OCR included, beyond `seconds_per_page` for each page."""
    seconds_per_page: float = 20.0
    memory: int = 2**30
    """Private memory of one worker."""
    file_bytes: int = 2 * 2**30
    pages: int = 5000
    pixels: int = 250_000_000
    """Pixels of one picture or of one rendered page."""
    text_chars: int = 20_000_000
    """Characters of text that one document may yield."""
    cells: int = 2_000_000
    """Cells of one workbook."""
    archive_depth: int = 5
    archive_members: int = 10_000
    archive_ratio: float = 200.0
    """Unpacked to packed size, looked at once more than `archive_grace` bytes came out."""
    archive_grace: int = 50 * 2**20
    archive_bytes: int = 4 * 2**30
    """Bytes that one archive may unpack to, all members together."""

    def seconds_for(self, size: int) -> float:
        """Wall time for a file of `size` bytes, whose pages are not yet counted."""
        return self.seconds + self.seconds_per_page * (size // BYTES_PER_PAGE)
