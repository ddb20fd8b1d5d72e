"""Share the picture as a briefing map: for whom, what is in it, and what is held back, said before it leaves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLineEdit, QWidget

from cop.briefing.leaving import Leaving, leaving
from cop.briefing.occasion import Occasion
from cop.briefing.taken import Taken
from cop.briefing.whole_file import write_whole
from cop.domain.desk import Refusal
from cop.domain.disk_words import in_words
from cop.domain.rules.share import NOBODY_NAMED
from cop.picture.picture import Picture
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog
from cop.ui.edges import kind_words
from cop.ui.flow_layout import FlowLayout
from cop.ui.labels import ElidedCombo, Label, button
from cop.ui.leaving_words import held_back
from cop.ui.making import GoOn, Making
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
#: milliseconds without another choice before what is held back is looked up anew
_SETTLED_MS = 120
_CLASSIFICATION_LENGTH = 120
_LINE, _LINE_INSTEAD_OF, _FOLDER = "share/classification", "share/classification_instead_of", "share/folder"


@dataclass(frozen=True, slots=True)
class Order:
    """A briefing map as it was asked for: what is in it, from how many seconds back trails are, how it looks."""

    kinds: frozenset[str]
    trails_s: float
    background: str
    theme: str


#: makes the page of what leaves
MakePage = Callable[[Leaving, Occasion, Order, GoOn], bytes]


class BriefingDialog(ActionDialog):
    """Asks for whom, says what they will not get, saves beside the work, and offers to open what was saved."""

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
        super().__init__(desk, "Briefing map", "Save", parent)
        self.setWindowTitle(" — ".join(part for part in (*kind_words(desk), "Briefing map") if part))
        if desk.past:
            self.setProperty("edge", "past")
        self.setMinimumWidth(620)
        self._make_page = make_page
        self._settings = settings
        self._backdrop = backdrop
        self._looking: Making | None = None
        self._saving: Making | None = None
        self._may_replace = ""
        self.saved: Path | None = None
        self._build_rows(theme)
        self._build_end()
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self._look)
        self.reader.currentIndexChanged.connect(self._ask_again)
        self._ask_again()
        self.reader.setFocus()

    # building

    def _build_rows(self, theme: str) -> None:
        self.reader = ElidedCombo()
        own = self.desk.operator.agency
        self.reader.addItem("Anyone", NOBODY_NAMED)
        for name, agency in self._others():
            self.reader.addItem(name, agency)
        self.reader.addItem(f"Our own people ({wording.agency_name(self.desk.picture, own)})", own)
        self.held_back = Label(wrap=True)
        self.held_back.setMinimumHeight(self.held_back.fontMetrics().lineSpacing() * 4)
        self.held_back.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.line = QLineEdit(self._remembered_line())
        self.line.setMaxLength(_CLASSIFICATION_LENGTH)
        self.line.setPlaceholderText("no line")
        boxes = QWidget()
        flow = FlowLayout(boxes, gap=14)
        flow.setContentsMargins(0, 2, 0, 2)
        self.kinds: dict[str, QCheckBox] = {}
        for name, words in KINDS:
            self.kinds[name] = box = QCheckBox(words)
            box.setChecked(True)
            flow.addWidget(box)
        self.trails, self.background, self.theme = _choice(_TRAILS), _choice(), _choice()
        self.trails.setCurrentIndex(_LAST_HOUR)
        for name, words in self._backdrop.backgrounds:
            self.background.addItem(words, name)
        for words, name in (("Light: for paper, too", "light"), ("Dark", "dark")):
            self.theme.addItem(words, name)
        self.theme.setCurrentIndex(max(0, self.theme.findData(theme)))
        self.file = QLineEdit(str(self._folder() / self._proposed_name()))
        choose = button("Choose…", name="Choose the file")
        choose.clicked.connect(self._choose)
        where = QWidget()
        line = QHBoxLayout(where)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.file, 1)
        line.addWidget(choose)
        where.setFocusProxy(self.file)
        self.file.setAccessibleName("File")
        self._rows: tuple[tuple[str, QWidget], ...] = (
            ("For whom", self.reader),
            ("Held back", self.held_back),
            ("Classification", self.line),
            ("What is in it", boxes),
            ("Trails", self.trails),
            ("Background", self.background),
            ("Looks", self.theme),
            ("File", where),
        )
        for words, field in self._rows:
            self.row(words, field)

    def _build_end(self) -> None:
        self.refusal.setAccessibleName("How it went")
        self.open_saved = button("Open in browser", hint="Open the saved map")
        self.open_saved.clicked.connect(self._open_saved)
        self.open_saved.hide()
        self.buttons.addWidget(self.open_saved)

    def _others(self) -> list[tuple[str, str]]:
        picture, own = self.desk.picture, self.desk.operator.agency
        known = {*picture.agencies, *(agency for agency, _ in picture.units)} - {own}
        named = [(wording.agency_name(picture, agency), agency) for agency in known]
        return sorted(named, key=lambda one: (one[0].casefold(), one[1]))

    def _remembered_line(self) -> str:
        """The line that was written here last, for as long as the settings' own is the same as then."""
        given = self._backdrop.classification
        if self._settings.value(_LINE_INSTEAD_OF) == given:
            return str(self._settings.value(_LINE) or "")
        return given

    def _folder(self) -> Path:
        kept = str(self._settings.value(_FOLDER) or "")
        if kept and Path(kept).is_dir():
            return Path(kept)
        return Path(
            QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
            or QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)
        )

    def _proposed_name(self) -> str:
        kinds = " ".join(part for part in kind_words(self.desk) if part)
        return f"cop briefing {kinds + ' ' if kinds else ''}{self.desk.now():%Y-%m-%d %H%MZ}.html"

    # what is held back

    def _ask_again(self) -> None:
        """Another reader: what they do not get is looked up, beside the work."""
        self.held_back.say("Looking it up…", "muted")
        self.go.setEnabled(False)  # nothing leaves before it was said what of it does not
        self._settled.start()

    def _look(self) -> None:
        if self._looking is not None:
            self._looking.stop()
        self._looking = Making(self._asked(lambda leaves, whole, _: held_back(leaves, whole)))
        self._looking.made.connect(self._say_held_back)
        self._looking.failed.connect(lambda why: self._end(f"What leaves cannot be told: {why}", "bad"))
        self._looking.start()

    def _say_held_back(self, lines: list[str]) -> None:
        ours = self.reader.currentData() == self.desk.operator.agency
        self.held_back.say("\n".join(lines), "warn" if ours else "")
        self.go.setEnabled(self._saving is None)
        self.adjustSize()

    def _asked(self, make: Callable[[Leaving, Picture, GoOn], object]) -> Callable[[GoOn], object]:
        """What is made, on another thread, of what leaves of the picture of this moment."""
        desk, reader, at = self.desk, str(self.reader.currentData()), self.desk.now()
        own, operation = desk.operator.agency, desk.operation
        taken = Taken(desk.picture)

        def work(go_on: GoOn) -> object:
            whole = taken.picture()
            go_on()
            leaves = leaving(whole, at, reader=reader, own=own, operation=operation)
            go_on()
            return make(leaves, whole, go_on)

        return work

    # saving

    def act(self) -> Refusal | None:
        """Begin to save; the refusal if that cannot be."""
        path = Path(self.file.text().strip()).expanduser()
        if not path.name or not path.is_absolute():
            return Refusal("Say which file to save to.")
        if path.suffix.lower() not in {".html", ".htm"}:
            path = path.with_name(path.name + ".html")
            self.file.setText(str(path))
        try:
            if path.is_dir():
                return Refusal("This is a folder: name a file in it.")
            if path.exists() and self._may_replace != str(path):
                self._may_replace = str(path)
                return Refusal("There is such a file already. Save again to replace it.")
        except (OSError, ValueError) as error:  # a name that no disk can have
            return Refusal(f"Not saved: {in_words(error, path)}.")
        self._remember(path)
        order, occasion = self._order(), self._occasion()
        make_page = self._make_page

        def save(leaves: Leaving, _: Picture, go_on: GoOn) -> object:
            page = make_page(leaves, occasion, order, go_on)
            go_on()
            write_whole(path, page)
            return path, len(page), occasion

        self._saving = Making(self._asked(save))
        self._saving.made.connect(self._has_saved)
        self._saving.failed.connect(lambda why: self._end(f"Not saved: {why}.", "bad"))
        self._begin()
        self._saving.start()
        return None

    def attempt(self) -> None:
        """The button: it stays open until it is saved, and after."""
        if self._saving is None and (refused := self.act()) is not None:
            self._say(refused.reason, "bad")

    def _order(self) -> Order:
        return Order(
            kinds=frozenset(name for name, box in self.kinds.items() if box.isChecked()),
            trails_s=float(self.trails.currentData()),
            background=str(self.background.currentData()),
            theme=str(self.theme.currentData()),
        )

    def _occasion(self) -> Occasion:
        desk = self.desk
        seen = desk.seen_otherwise or "what this desk knew at that time"
        return Occasion(
            operation=desk.operation,
            at=desk.now(),
            made_at=datetime.now(UTC),
            operator=desk.operator,
            exercise=desk.exercise,
            classification=wording.one_line(self.line.text()),
            past=f"REPLAY: {seen}; looked up later" if desk.past else "",
            reader=str(self.reader.currentData()),
            period_words=self._backdrop.period,
        )

    def _remember(self, path: Path) -> None:
        self._settings.setValue(_LINE, self.line.text())
        self._settings.setValue(_LINE_INSTEAD_OF, self._backdrop.classification)
        self._settings.setValue(_FOLDER, str(path.parent))

    def _choose(self) -> None:
        dialog = QFileDialog(self, "Save the briefing map", self.file.text(), "Web page (*.html)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("html")
        dialog.fileSelected.connect(self._take_file)
        dialog.open()

    def _take_file(self, file: str) -> None:
        self.file.setText(file)
        self._may_replace = file  # the dialog of the system has asked

    # how it goes

    def _begin(self) -> None:
        self.open_saved.hide()
        for _, field in self._rows:
            field.setEnabled(False)
        self.go.setEnabled(False)
        self.cancel.setFocus()
        self._say("Making the map…", "muted")

    def _has_saved(self, result: tuple[Path, int, Occasion]) -> None:
        path, size, occasion = result
        self.saved = path
        self._may_replace = str(path)
        as_of = wording.clock(occasion.at, seconds=True)
        reader = self.reader.itemText(self.reader.findData(occasion.reader))
        shows = wording.clock_or_date(occasion.at, occasion.made_at) + (", of the past" if occasion.past else "")
        self.desk.left.emit(f"Briefing map for {reader}, as of {shows}: {path.name}")
        self._end(f"Saved, as of {as_of}: {path.name}, {size / 1e6:.1f} MB.", "ok")
        self.cancel.setText("Close")
        self.go.setText("Save again")
        self.open_saved.show()
        self.open_saved.setFocus()

    def _end(self, words: str, tone: str) -> None:
        self._saving = None
        for _, field in self._rows:
            field.setEnabled(True)
        self.go.setEnabled(True)
        self._say(words, tone)

    def _say(self, words: str, tone: str) -> None:
        self.refusal.say(words, tone)
        self.refusal.setAccessibleDescription(words)
        self.adjustSize()

    def _open_saved(self) -> None:
        if self.saved is None or not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.saved))):
            self._say("No browser could be started. The file is where you saved it.", "bad")

    def reject(self) -> None:
        """Cancel: what is being made is given up first; then the dialog goes."""
        if self._saving is not None:
            self._saving.stop()
            self._end("Stopped: nothing was saved.", "muted")
            return
        super().reject()

    def done(self, result: int) -> None:
        """It goes: nobody waits for what is held back any more."""
        self._settled.stop()
        if self._looking is not None:
            self._looking.stop()
        super().done(result)


def _choice(entries: tuple[tuple[str, object], ...] = ()) -> ElidedCombo:
    box = ElidedCombo()
    for words, value in entries:
        box.addItem(words, value)
    return box
