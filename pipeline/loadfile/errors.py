"""What can keep a load file from being read."""

from __future__ import annotations

from pipeline.errors import MatterError


class LoadFileUnreadable(MatterError):
    code = "load_file_unreadable"
    hint = "Give the .dat of the production (Concordance or CSV with a header line), and its .opt with --opt."
