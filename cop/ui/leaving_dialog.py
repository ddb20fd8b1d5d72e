"""What all dialogs share through which a file leaves: for whom, what is held back, the line on it, and where to."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths, Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLineEdit, QWidget

from cop.briefing.leaving import Leaving, leaving
from cop.briefing.occasion import Occasion
from cop.briefing.taken import Taken
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

#: milliseconds without another choice before what is held back is looked up anew
_SETTLED_MS = 120
_CLASSIFICATION_LENGTH = 120
_LINE, _LINE_INSTEAD_OF, _FOLDER = "share/classification", "share/classification_instead_of", "share/folder"

#: makes something, on another thread, of what leaves and the picture that it leaves
Work = Callable[[Leaving, Picture, GoOn], object]


class LeavingDialog(ActionDialog):
    """Asks for whom, says what they will not get, and saves beside the work. It stays open until it is closed."""

    #: what is said while it is made
    at_work = "Saving…"

    def __init__(
        self,
        desk: Desk,
        title: str,
        settings: QSettings,
        *,
        backdrop: Backdrop,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(desk, title, "Save", parent)
        self.setWindowTitle(" — ".join(part for part in (*kind_words(desk), title) if part))
        if desk.past:
            self.setProperty("edge", "past")
        self.setMinimumWidth(620)
        self.settings = settings
        self.backdrop = backdrop
        self._looking: Making | None = None
        self._saving: Making | None = None
        self._may_replace = ""
        self._leaves: tuple[Path, Occasion] | None = None
        self.saved: Path | None = None
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self.look)
        self._build_common()
        self._rows: tuple[tuple[str, QWidget], ...] = (
            *self.rows_above(),
            ("For whom", self.reader),
            ("Held back", self.held_back),
            ("Classification", self.line),
            *self.rows_below(),
            ("File", self._where),
        )
        for words, field in self._rows:
            self.row(words, field)
        self.file.setText(str(self._folder() / self.proposed_name()))
        self.refusal.setAccessibleName("How it went")
        self.reader.currentIndexChanged.connect(self._ask_again)
        self._ask_again()

    # what each of them has of its own

    def rows_above(self) -> Sequence[tuple[str, QWidget]]:
        """What is asked before for whom it is."""
        return ()

    def rows_below(self) -> Sequence[tuple[str, QWidget]]:
        """What is asked of it besides."""
        return ()

    @abstractmethod
    def proposed_name(self) -> str:
        """What the file is called unless somebody says otherwise."""

    @abstractmethod
    def filters(self) -> str:
        """The files that the dialog of the system shows, as Qt wants it: "Web page (*.html)"."""

    @abstractmethod
    def with_suffix(self, path: Path) -> Path:
        """The file with a suffix by which its format is known."""

    @abstractmethod
    def save_to(self, path: Path, occasion: Occasion) -> Work:
        """The work that writes the file; what it gives goes to `has_saved`."""

    @abstractmethod
    def has_saved(self, result: object) -> tuple[str, str]:
        """What it is that left, for the record ("Briefing map"), and how much, for who saved it ("2.4 MB")."""

    def after_saving(self) -> None:
        """It was saved: what can be done with the file now."""

    @property
    def is_saving(self) -> bool:
        """Whether it is being made now."""
        return self._saving is not None

    def why_not(self) -> str:
        """Why it cannot be saved as it was chosen; empty if it can."""
        return ""

    # building

    def _build_common(self) -> None:
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
        self.file = QLineEdit()
        choose = button("Choose…", name="Choose the file")
        choose.clicked.connect(self._choose)
        self._where = QWidget()
        line = QHBoxLayout(self._where)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.file, 1)
        line.addWidget(choose)
        self._where.setFocusProxy(self.file)
        self.file.setAccessibleName("File")

    def boxes(self, kinds: Sequence[tuple[str, str]]) -> tuple[QWidget, dict[str, QCheckBox]]:
        """A box to tick for each kind of thing, by its name."""
        holds = QWidget()
        flow = FlowLayout(holds, gap=14)
        flow.setContentsMargins(0, 2, 0, 2)
        found: dict[str, QCheckBox] = {}
        for name, words in kinds:
            found[name] = box = QCheckBox(words)
            box.setChecked(True)
            flow.addWidget(box)
        return holds, found

    def _others(self) -> list[tuple[str, str]]:
        picture, own = self.desk.picture, self.desk.operator.agency
        known = {*picture.agencies, *(agency for agency, _ in picture.units)} - {own}
        named = [(wording.agency_name(picture, agency), agency) for agency in known]
        return sorted(named, key=lambda one: (one[0].casefold(), one[1]))

    def _remembered_line(self) -> str:
        """The line that was written here last, for as long as the settings' own is the same as then."""
        given = self.backdrop.classification
        if self.settings.value(_LINE_INSTEAD_OF) == given:
            return str(self.settings.value(_LINE) or "")
        return given

    def _folder(self) -> Path:
        kept = str(self.settings.value(_FOLDER) or "")
        if kept and Path(kept).is_dir():
            return Path(kept)
        return Path(
            QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
            or QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)
        )

    # what is held back

    def _ask_again(self) -> None:
        """Another reader: what they do not get is looked up, beside the work."""
        self.held_back.say("Looking it up…", "muted")
        self.go.setEnabled(False)  # nothing leaves before it was said what of it does not
        self._settled.start()

    def look(self) -> None:
        """Look up what the chosen reader does not get, on a thread."""
        if self._looking is not None:
            self._looking.stop()
        self._looking = Making(self._asked(lambda leaves, whole, _: held_back(leaves, whole)))
        self._looking.made.connect(self.say_held_back)
        self._looking.failed.connect(lambda why: self._end(f"What leaves cannot be told: {why}", "bad"))
        self._looking.start()

    def say_held_back(self, lines: list[str]) -> None:
        """It was looked up: say it, and let who chooses go on."""
        ours = self.reader.currentData() == self.desk.operator.agency
        self.held_back.say("\n".join(lines), "warn" if ours else "")
        self.go.setEnabled(self._saving is None)
        self.adjustSize()

    def _asked(self, make: Work) -> Callable[[GoOn], object]:
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
        if why := self.why_not():
            return Refusal(why)
        path = Path(self.file.text().strip()).expanduser()
        if not path.name or not path.is_absolute():
            return Refusal("Say which file to save to.")
        if (named := self.with_suffix(path)) != path:
            path = named
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
        occasion = self._occasion()
        self._saving = Making(self._asked(self.save_to(path, occasion)))
        self._leaves = (path, occasion)
        self._saving.made.connect(self._has_saved)  # a method, not a lambda: one that is gone hears nothing more
        self._saving.failed.connect(lambda why: self._end(f"Not saved: {why}.", "bad"))
        self._begin()
        self._saving.start()
        return None

    def attempt(self) -> None:
        """The button: it stays open until it is saved, and after."""
        if self._saving is None and (refused := self.act()) is not None:
            self.say(refused.reason, "bad")

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
            period_words=self.backdrop.period,
        )

    def _remember(self, path: Path) -> None:
        self.settings.setValue(_LINE, self.line.text())
        self.settings.setValue(_LINE_INSTEAD_OF, self.backdrop.classification)
        self.settings.setValue(_FOLDER, str(path.parent))

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.windowTitle(), self.file.text(), self.filters())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(self.with_suffix(Path(self.file.text() or "x")).suffix.lstrip("."))
        dialog.fileSelected.connect(self._take_file)
        dialog.open()

    def _take_file(self, file: str) -> None:
        self.file.setText(file)
        self._may_replace = file  # the dialog of the system has asked

    # how it goes

    def _begin(self) -> None:
        for _, field in self._rows:
            field.setEnabled(False)
        self.go.setEnabled(False)
        self.cancel.setFocus()
        self.say(self.at_work, "muted")

    def _has_saved(self, result: object) -> None:
        assert self._leaves is not None
        path, occasion = self._leaves
        self.saved = path
        self._may_replace = str(path)
        what, how_much = self.has_saved(result)
        as_of = wording.clock(occasion.at, seconds=True)
        reader = self.reader.itemText(self.reader.findData(occasion.reader))
        shows = wording.clock_or_date(occasion.at, occasion.made_at) + (", of the past" if occasion.past else "")
        self.desk.left.emit(f"{what} for {reader}, as of {shows}: {path.name}")
        self._end(f"Saved, as of {as_of}: {path.name}, {how_much}.", "ok")
        self.cancel.setText("Close")
        self.go.setText("Save again")
        self.after_saving()

    def _end(self, words: str, tone: str) -> None:
        self._saving = None
        for _, field in self._rows:
            field.setEnabled(True)
        self.go.setEnabled(True)
        self.say(words, tone)

    def say(self, words: str, tone: str) -> None:
        """Say how it goes, beside the buttons."""
        self.refusal.say(words, tone)
        self.refusal.setAccessibleDescription(words)
        self.adjustSize()

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
