"""Share the picture as a briefing map: for whom, what is in it, and what is held back, said before it leaves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from PySide6.QtCore import QSettings, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from cop.briefing.leaving import Leaving
from cop.briefing.occasion import Occasion
from cop.briefing.whole_file import write_whole
from cop.picture.picture import Picture
from cop.ui.desk import Desk
from cop.ui.edges import kind_words
from cop.ui.labels import ElidedCombo, button
from cop.ui.leaving_dialog import LeavingDialog, Work
from cop.ui.making import GoOn
from cop.ui.share_menu import Backdrop

#: what can be left out of a briefing map: its name, and in words
KINDS = (
    ("units", "Units"),
    ("incidents", "Incidents and tasks"),
    ("resources", "Resources"),
    ("zones", "Zones"),
    ("alerts", "Alerts"),
    ("jurisdictions", "Jurisdictions"),
    ("log", "Log"),
)
_TRAILS = (("None", 0.0), ("Last 10 minutes", 600.0), ("Last hour", 3600.0), ("Last 10 hours", 36_000.0))
_LAST_HOUR = 2


@dataclass(frozen=True, slots=True)
class Order:
    """A briefing map as it was asked for: what is in it, from how many seconds back trails are, how it looks."""

    kinds: frozenset[str]
    trails_s: float
    background: str
    theme: str


#: makes the page of what leaves
MakePage = Callable[[Leaving, Occasion, Order, GoOn], bytes]


class BriefingDialog(LeavingDialog):
    """Asks for whom, says what they will not get, saves beside the work, and offers to open what was saved."""

    at_work = "Making the map…"

    def __init__(
        self,
        desk: Desk,
        make_page: MakePage,
        settings: QSettings,
        *,
        backdrop: Backdrop,
        theme: str = "light",
        parent: QWidget | None = None,
    ) -> None:
        self._make_page = make_page
        self._looks = theme
        super().__init__(desk, "Briefing map", settings, backdrop=backdrop, parent=parent)
        self.open_saved = button("Open in browser", hint="Open the saved map")
        self.open_saved.clicked.connect(self._open_saved)
        self.open_saved.hide()
        self.buttons.addWidget(self.open_saved)
        self.reader.setFocus()

    def rows_below(self) -> Sequence[tuple[str, QWidget]]:
        """What is in it, and how it looks."""
        boxes, self.kinds = self.boxes(KINDS)
        self.trails, self.background, self.theme = _choice(_TRAILS), _choice(), _choice()
        self.trails.setCurrentIndex(_LAST_HOUR)
        for name, words in self.backdrop.backgrounds:
            self.background.addItem(words, name)
        for words, name in (("Light: for paper, too", "light"), ("Dark", "dark")):
            self.theme.addItem(words, name)
        self.theme.setCurrentIndex(max(0, self.theme.findData(self._looks)))
        return (
            ("What is in it", boxes),
            ("Trails", self.trails),
            ("Background", self.background),
            ("Looks", self.theme),
        )

    def proposed_name(self) -> str:
        """It says of what and of when it is."""
        kinds = " ".join(part for part in kind_words(self.desk) if part)
        return f"cop briefing {kinds + ' ' if kinds else ''}{self.desk.now():%Y-%m-%d %H%MZ}.html"

    def filters(self) -> str:
        """Web pages."""
        return "Web page (*.html)"

    def with_suffix(self, path: Path) -> Path:
        """A page that a browser opens."""
        return path if path.suffix.lower() in {".html", ".htm"} else path.with_name(path.name + ".html")

    def save_to(self, path: Path, occasion: Occasion) -> Work:
        """Make the page and write it."""
        order, make_page = self._order(), self._make_page

        def save(leaves: Leaving, _: Picture, go_on: GoOn) -> object:
            page = make_page(leaves, occasion, order, go_on)
            go_on()
            write_whole(path, page)
            return len(page)

        self.open_saved.hide()
        return save

    def has_saved(self, result: object) -> tuple[str, str]:
        """A map, of so many megabytes."""
        return "Briefing map", f"{cast(int, result) / 1e6:.1f} MB"

    def after_saving(self) -> None:
        """It can be opened."""
        self.open_saved.show()
        self.open_saved.setFocus()

    def _order(self) -> Order:
        return Order(
            kinds=frozenset(name for name, box in self.kinds.items() if box.isChecked()),
            trails_s=float(self.trails.currentData()),
            background=str(self.background.currentData()),
            theme=str(self.theme.currentData()),
        )

    def _open_saved(self) -> None:
        if self.saved is None or not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.saved))):
            self.say("No browser could be started. The file is where you saved it.", "bad")


def _choice(entries: tuple[tuple[str, object], ...] = ()) -> ElidedCombo:
    box = ElidedCombo()
    for words, value in entries:
        box.addItem(words, value)
    return box
