"""What the application keeps between requests."""

from __future__ import annotations

import secrets

from app.web.options import ServeOptions
from pipeline.matter import Matter
from pipeline.page_pictures import PagePictures


class State:
    """One matter, open for all requests, and how the server was started."""

    def __init__(self, matter: Matter, options: ServeOptions) -> None:
        self.matter = matter
        self.options = options
        self.secret = secrets.token_urlsafe(32)
        """The token of forms where nobody logs in; a new one each time the server starts."""
        self.pictures = PagePictures(matter)

    def close(self) -> None:
        """Let go of the matter and end what works for it."""
        self.pictures.close()
        self.matter.close()
