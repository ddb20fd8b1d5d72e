"""A file as jurisdictions: which of its words is what, checked as the desk will read it, and the lines for cop.toml."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from cop.briefing.imports import jurisdictions
from cop.domain.desk import Refusal
from cop.domain.disk_words import in_words
from cop.domain.words import DISCIPLINES
from cop.picture.boundaries.source import Boundaries
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog
from cop.ui.labels import ElidedCombo, Label
from cop.ui.making import Making

_LEVELS = ("county", "municipal", "district", "special", "state", "federal")
_EACH_SAYS = "as each says by its property"


class BoundariesDialog(ActionDialog):
    """Jurisdictions hold for every start of a desk, so they stand in its settings: this says how."""

    def __init__(self, desk: Desk, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(desk, "Jurisdictions of a file", "Copy for cop.toml", parent)
        self.setMinimumSize(640, 480)
        self._path = path
        self.holds = Label("Reading it…", "muted", wrap=True)
        self.id, self.name = ElidedCombo(), ElidedCombo()
        self.agency = QComboBox(editable=True)
        self.agency.addItems([_EACH_SAYS, *sorted(desk.picture.agencies)])
        self.discipline = ElidedCombo()
        self.discipline.addItem(_EACH_SAYS, "")
        for word, words in DISCIPLINES.items():
            self.discipline.addItem(words, word)
        self.level = QComboBox(editable=True)
        self.level.addItems([_EACH_SAYS, *_LEVELS])
        self.lines = QPlainTextEdit(readOnly=True, tabChangesFocus=True)
        self.lines.setAccessibleName("Lines for cop.toml")
        self.found = Label(tone="muted", wrap=True)
        for words, field in (
            ("File", _shown(path)),
            ("Holds", self.holds),
            ("Its id", self.id),
            ("Its name", self.name),
            ("Agency", self.agency),
            ("Discipline", self.discipline),
            ("Level", self.level),
            ("For cop.toml", self.lines),
            ("Checked", self.found),
        ):
            self.row(words, field)
        self.go.setEnabled(False)
        self._properties: tuple[str, ...] | None = None
        self._checking: Making | None = None
        for box in (self.id, self.name, self.agency, self.discipline, self.level):
            box.currentTextChanged.connect(self._check)
        self._looking = Making(lambda _: _looked(path))
        self._looking.made.connect(self._has_looked)
        self._looking.start()

    def act(self) -> Refusal | None:
        """Put the lines where they can be pasted from."""
        QApplication.clipboard().setText(self.lines.toPlainText())
        return None

    def _has_looked(self, looked: object) -> None:
        if isinstance(looked, str):
            self.holds.say(wording.one_line(looked), "bad")
            return
        assert isinstance(looked, jurisdictions.Looked)
        words = f"{looked.areas:,} {'area' if looked.areas == 1 else 'areas'}"
        self.holds.say("\n".join((words, *(wording.one_line(one) for one in looked.remarks[:4]))), "muted")
        for box, usual in ((self.id, looked.id), (self.name, looked.name)):
            box.blockSignals(True)
            box.addItems([wording.one_line(one) for one in looked.properties])
            box.setCurrentIndex(max(0, box.findText(wording.one_line(usual))))
            box.blockSignals(False)
        self._properties = looked.properties
        self._check()

    def _boundaries(self) -> Boundaries:
        agency, level = self.agency.currentText().strip(), self.level.currentText().strip()
        at_id, at_name = max(0, self.id.currentIndex()), max(0, self.name.currentIndex())
        return Boundaries(
            file=str(self._path),
            id=self._properties[at_id] if self._properties else "id",
            name=self._properties[at_name] if self._properties else "name",
            agency_is="" if agency == _EACH_SAYS else agency,
            discipline_is=str(self.discipline.currentData() or ""),
            level_is="" if level == _EACH_SAYS else level,
        )

    def _check(self) -> None:
        """Read it as a desk that starts will; why not, if it cannot."""
        if self._properties is None:
            return
        self.go.setEnabled(False)
        try:
            boundaries = self._boundaries()
        except ValueError as error:
            self.found.say(wording.one_line(str(error)), "bad")
            return
        self.lines.setPlainText(jurisdictions.entry(boundaries))
        self.found.say("Checking…", "muted")
        if self._checking is not None:
            self._checking.stop()
        self._checking = Making(lambda _: _checked(boundaries))
        self._checking.made.connect(self._has_checked)
        self._checking.start()

    def _has_checked(self, result: object) -> None:
        if isinstance(result, str):
            self.found.say(wording.one_line(result), "bad")
            return
        assert isinstance(result, int)
        self.found.say(f"A desk that starts with these lines reads {result:,} jurisdictions.", "ok")
        self.go.setEnabled(True)

    def done(self, result: int) -> None:
        """It goes: nobody waits any more."""
        self._looking.stop()
        if self._checking is not None:
            self._checking.stop()
        super().done(result)


def _shown(path: Path) -> QLineEdit:
    line = QLineEdit(str(path), readOnly=True)
    line.setCursorPosition(0)
    line.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    return line


def _looked(path: Path) -> object:
    try:
        return jurisdictions.look(path)
    except OSError as error:
        return in_words(error, path)
    except ValueError as error:
        return str(error)


def _checked(boundaries: Boundaries) -> object:
    try:
        count, _ = jurisdictions.checked(boundaries)
    except OSError as error:
        return in_words(error, Path(boundaries.file))
    except ValueError as error:
        return str(error)
    return count if count else "It holds no boundary."
