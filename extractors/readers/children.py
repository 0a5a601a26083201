"""Files found inside a file are written to the scratch folder under names that we make."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from extractors.errors import TooLarge
from extractors.readers.draft import Child, Input


@dataclass
class ChildStore:
    """Writes children one by one, their number within archive_members and their bytes within archive_mib."""

    source: Input
    children: list[Child] = field(default_factory=list)
    total: int = 0

    def keep(self, untrusted_name: str, content: bytes) -> Child:
        """Writes the bytes of a file found inside. Raises TooLarge beyond the limits."""
        path = self.next_path()
        self.count(len(content))
        path.write_bytes(content)
        return self.add(untrusted_name, path)

    def next_path(self) -> Path:
        """Where the next child's bytes go. Raises TooLarge when there are as many as the limit allows."""
        most = self.source.limits.archive_members
        if len(self.children) >= most:
            raise TooLarge(
                f"{self.source.untrusted_name}: more files inside than the limit archive_members ({most})"
            )
        self.source.scratch.mkdir(parents=True, exist_ok=True)
        return self.source.scratch / f"child-{len(self.children) + 1:05d}"

    def count(self, size: int) -> None:
        """Counts bytes that come out. Raises TooLarge beyond archive_mib."""
        self.total += size
        most = self.source.limits.archive_bytes
        if self.total > most:
            raise TooLarge(
                f"{self.source.untrusted_name}: more bytes inside than the limit archive_mib ({most // 2**20}) allows"
            )

    def add(self, untrusted_name: str, path: Path) -> Child:
        """Notes a child whose bytes are written."""
        child = Child(untrusted_name, path)
        self.children.append(child)
        return child
