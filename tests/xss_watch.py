"""Chromium pages that are watched: whatever runs, is asked for, or is made of a text is noted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geoapp.domain.access import Actor
from tests.journeys.staff import Staffed
from tests.xss_texts import Texts

SCRIPT = Path(__file__).parent / "data" / "xss_page.js"


@dataclass
class Watched:
    """A browser context of one person, its page, and what was seen in it."""

    office: Staffed
    found: Texts
    actor: Actor | None = None
    bypass: bool = False
    """Without the policy of the pages, to prove that what runs is seen."""
    wrong: list[str] = field(default_factory=list)
    pages: int = 0
    shown: int = 0
    """Hostile texts that were shown, summed over the pages."""
    page: Any = None

    def __post_init__(self) -> None:
        self.context = self.office.browser.new_context(
            viewport={"width": 1440, "height": 900}, locale="id-ID", timezone_id="Asia/Jakarta",
            bypass_csp=self.bypass, service_workers="block", reduced_motion="reduce",
        )  # fmt: skip
        if self.actor is not None:
            self.context.add_cookies(self.office.cookies(self.actor))
        self.context.expose_binding("tellWatch", lambda _source, what: self.wrong.append(what))
        self.context.add_init_script(path=SCRIPT)
        self.page = self.context.new_page()
        self.page.on("dialog", self._dialog)
        self.page.on("pageerror", lambda error: self.wrong.append(f"page error: {error}"))
        self.page.on("console", self._said)
        self.page.on("request", self._asked)
        self.page.on("popup", lambda popup: self.wrong.append(f"popup: {popup.url}"))

    def _dialog(self, shown: Any) -> None:
        self.wrong.append(f"dialog: {shown.message}")
        shown.dismiss()

    def _said(self, message: Any) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.wrong.append(f"console: {message.text}")

    def _asked(self, request: Any) -> None:
        ours = (f"{self.office.server.url}/", "data:image/", "blob:")
        if not request.url.startswith(ours) or request.url.endswith("/x"):
            self.wrong.append(f"request: {request.url}")

    def open(self, path: str, *, status: int = 200) -> int:
        """Go to *path*, look at it at rest; how many hostile texts it showed."""
        answer = self.page.goto(self.office.server.url + path)
        assert answer is None or answer.status == status, (path, answer.status)
        return self.look(path)

    def look(self, where: str, *, new: bool = True) -> int:
        """Look at the page as it is now."""
        self.page.evaluate("xss.still()")
        self.wrong += [f"{where}: {one}" for one in self.page.evaluate("xss.wrong()")]
        return self.note(self.page.evaluate("xss.words(document)"), where, new=new)

    def note(self, shown: str, where: str, *, new: bool = False) -> int:
        """Take *shown* as what stood on a page."""
        count = self.found.look(shown)
        self.pages += new
        self.shown += count
        self.fine(where)
        return count

    def do(self, script: str, argument: Any = None) -> Any:
        """Run a line in the page."""
        return self.page.evaluate(script, argument)

    def fine(self, where: str) -> None:
        """Nothing has run, nor was anything made of a text."""
        assert self.wrong == [], (where, self.wrong[:8])

    def close(self) -> None:
        """Nothing more is looked at."""
        self.context.close()
