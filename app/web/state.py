"""What the application keeps between requests."""

from __future__ import annotations

import secrets
import threading

from app.answers import claim_ids
from app.options import actor
from app.web.jobs import Jobs
from app.web.kept import Kept
from app.web.options import ServeOptions
from app.web.reckoner import Reckoner
from app.web.throttle import Throttle
from app.web.trail import Trail
from index.engine import SearchIndex
from pipeline import people
from pipeline.indexing import open_search
from pipeline.matter import Matter
from pipeline.page_pictures import PagePictures
from pipeline.records import audit_log

RENDERINGS = 2
"""How many searchable PDFs are made at one time; each takes a process."""


class State:
    """One matter, open for all requests, how the server was started, and what works beside the requests."""

    def __init__(self, matter: Matter, options: ServeOptions) -> None:
        self.matter = matter
        self.options = options
        self.local_name = actor()
        """Who is at work where nobody logs in: whoever started the server."""
        self.secret = secrets.token_urlsafe(32)
        """The token of forms where nobody logs in; a new one each time the server starts."""
        self.pictures = PagePictures(matter)
        self.trail = Trail(matter)
        self.throttle = Throttle()
        self.jobs = Jobs(matter)
        self.rendering = threading.Semaphore(RENDERINGS)
        self.reckoners = Reckoner(), Reckoner(nice=0)
        """Of claims and parties, and of letters, for which somebody always waits, and which take little."""
        self.kept = Kept(matter, *self.reckoners)
        self._guard = threading.Lock()
        self._mark = ""
        self._index: SearchIndex | None = None

    def login_needed(self) -> bool:
        """Whether people must log in: always but on this machine's own addresses while there are no users."""
        return self.options.login_needed or people.any_users(self.matter)

    def mark(self) -> str:
        """Eight characters that tell this matter from others: browsers give cookies to every port of a host."""
        if not self._mark:
            with self.matter.reading() as tx:
                self._mark = audit_log.first_hash(tx)[:8]
        return self._mark

    def search(self) -> SearchIndex:
        """The workspace's index, opened once. Raises `IndexMissing`, `IndexDamaged`."""
        with self._guard:
            if self._index is None:
                self._index = open_search(self.matter)
            return self._index

    def begin(self) -> None:
        """Start what works beside the requests, so that nobody waits for the first look at a claim or a document."""
        self.kept.begin(claim_ids(self.matter))
        for reckoner in self.reckoners:
            reckoner.begin(self.matter)

    def close(self) -> None:
        """Let go of the matter and end what works for it."""
        self.jobs.close()
        for reckoner in self.reckoners:
            reckoner.close()
        self.kept.close()
        self.pictures.close()
        self.trail.close()
        if self._index is not None:
            self._index.close()
        self.matter.close()
