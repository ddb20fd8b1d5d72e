"""Forms: chosen, filled from the picture, looked at as they will be printed, edited, and handed out."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from cop.briefing.forms.editing import Editing
from cop.briefing.forms.form import Form, Row
from cop.briefing.forms.kept import SUFFIX, KeptForm, decoded
from cop.briefing.forms.situation import About
from cop.briefing.occasion import Occasion
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.edges import kind_words
from cop.ui.forms.choices import Choices
from cop.ui.forms.filled import Choice, Filled, filling
from cop.ui.forms.handing_out import KINDS, HandingOut, Standing
from cop.ui.forms.pages import Pages
from cop.ui.forms.rendering import opened
from cop.ui.forms.sheet_editor import SheetEditor
from cop.ui.forms.works import Works
from cop.ui.labels import ElidedCombo, Label, button
from cop.ui.making import GoOn
from cop.ui.share_menu import Backdrop

#: milliseconds without another letter before the pages are made anew
_SETTLED_MS = 300
_SIZE = "forms/size"
_LINE_LENGTH = 120


class FormsWindow(QDialog):
    """A window of its own: the desk works on beside it, and what is in it does not change by itself."""

    def __init__(
        self,
        desk: Desk,
        settings: QSettings,
        *,
        backdrop: Backdrop,
        about: About | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setWindowTitle(" — ".join(part for part in (*kind_words(desk), "Forms") if part))
        self.setAccessibleName("Forms")
        self.setProperty("edge", "past" if desk.past else bool(desk.exercise))
        self._desk, self._settings, self._backdrop = desk, settings, backdrop
        self.editing: Editing | None = None
        self.occasion: Occasion | None = None
        self._held_back: tuple[str, ...] = ()
        self._chosen: Choice | None = None
        self._kept_edits = True
        self._again = False
        self._works = Works(self)
        self.handing_out = HandingOut(self._works, settings, " ".join(filter(None, kind_words(desk))), self)
        self.asking: QMessageBox | None = None
        self._build(about)
        self._works.failed.connect(lambda words: self._say(words, "bad"))
        self._works.ended.connect(self._go_on)
        self.handing_out.said.connect(self._say)
        self.handing_out.kept.connect(self._has_kept)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self._make_pages)
        self.fill()
        self.choices.form.setFocus()

    # building

    def _build(self, about: About | None) -> None:
        self.choices = Choices(self._desk, about=about)
        self.choices.chosen.connect(self._choose)
        self.sheet = ElidedCombo()
        self.sheet.setAccessibleName("Sheet")
        self.sheet.activated.connect(self._show_sheet)
        self.line = QLineEdit(wording.one_line(self._backdrop.classification))
        self.line.setMaxLength(_LINE_LENGTH)
        self.line.setPlaceholderText("no line")
        self.line.setAccessibleName("Classification")
        self.line.textEdited.connect(self._mark)
        self.held_back = Label(wrap=True)
        self.held_back.setAccessibleName("Held back")
        self.editor, self.pages = SheetEditor(), Pages()
        self.editor.changed.connect(self._has_changed)
        panes = QSplitter()
        panes.addWidget(self.editor)
        panes.addWidget(self.pages)
        panes.setStretchFactor(0, 5)
        panes.setStretchFactor(1, 6)
        panes.setChildrenCollapsible(False)
        self.editor.setMinimumWidth(380)
        self.pages.setMinimumWidth(360)
        panes.setSizes([600, 660])
        self.panes = panes
        marks = QHBoxLayout()
        marks.setSpacing(10)
        for words, field, share in (("Classification", self.line, 3), ("Sheet", self.sheet, 4)):
            label = Label(words, "muted")
            label.setBuddy(field)
            marks.addWidget(label)
            marks.addWidget(field, share)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(16, 14, 16, 12)
        lines.setSpacing(10)
        lines.addWidget(self.choices)
        lines.addLayout(marks)
        lines.addWidget(self.held_back)
        lines.addWidget(panes, 1)
        lines.addLayout(self._build_end())
        size = self._settings.value(_SIZE)
        self.resize(size if size is not None else self.sizeHint().expandedTo(self._usual()))

    def _usual(self) -> QSize:
        room = self.screen().availableSize()
        return QSize(min(1320, room.width() - 40), min(860, room.height() - 60))

    def _build_end(self) -> QHBoxLayout:
        self.said = Label(wrap=True)
        self.said.setAccessibleName("How it went")
        acts: tuple[tuple[str, str, str, Callable[[], None]], ...] = (
            ("undo", "Undo", "Ctrl+Z", self.undo),
            ("redo", "Redo", "Ctrl+Y", self.redo),
            ("again", "Fill again", "F5", self.fill_again),
            ("open", "Open…", "Ctrl+O", self.ask_to_open),
            ("keep", "Keep…", "Ctrl+K", lambda: self._hand_out("keep")),
            ("print", "Print…", "Ctrl+P", lambda: self._hand_out("print")),
            ("html", "Save HTML…", "Ctrl+H", lambda: self._hand_out("html")),
            ("pdf", "Save PDF…", "Ctrl+S", lambda: self._hand_out("pdf")),
        )
        line = QHBoxLayout()
        line.setSpacing(8)
        self.buttons: dict[str, QPushButton] = {}
        for name, words, keys, act in acts:
            one = button(words, "primary" if name == "pdf" else "", hint=f"{words.rstrip('…')} ({keys})")
            one.clicked.connect(lambda _=False, act=act: act())
            action = QAction(words, self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(one.click)
            self.addAction(action)
            self.buttons[name] = one
            line.addWidget(one)
            if name == "keep":
                line.addWidget(self.said, 1)
        close = button("Close")
        close.clicked.connect(self.reject)
        line.addWidget(close)
        self._allow()
        return line

    # filling

    def fill(self) -> None:
        """Fill what is chosen from the picture of this moment."""
        self._chosen = self.choices.choice()
        self._say("Filling the form…", "muted")
        backdrop = self._backdrop
        work = filling(
            self._desk,
            self._chosen,
            classification=self.line.text(),
            period=backdrop.period,
            journal=backdrop.journal,
            region=backdrop.region,
        )
        self._works.begin("fill", work, self._has_filled, "The form could not be filled")

    def fill_again(self) -> None:
        """The same form from the picture as it is by now; edits are asked for first."""
        self._unless_edited(self.fill)

    def _choose(self) -> None:
        """Another form, period or reader; edits of the one that stands are asked for first."""
        self._unless_edited(self.fill)

    def _unless_edited(self, act: Callable[[], object]) -> None:
        if self.editing is None or not self.editing.is_edited or self._kept_edits:
            act()
            return
        box = QMessageBox(self)
        box.setWindowTitle("Forms")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText("This form was edited and not kept. Give up what was written into it?")
        give_up = box.addButton("Give it up", QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton("Go on editing", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def answered() -> None:
            self.asking = None
            if box.clickedButton() is give_up:
                self._kept_edits = True
                act()
            elif self._chosen is not None:
                self.choices.show_choice(self._chosen)

        box.finished.connect(answered)
        self.asking = box
        box.open()

    def _has_filled(self, filled: Filled) -> None:
        self.choices.show_periods(filled.periods, filled.occasion.period.number if filled.occasion.period else 0)
        self.choices.show_subjects(filled.subjects, filled.choice.about)
        self._chosen = self.choices.choice()
        self._take(Editing(filled.sheets), filled.occasion, filled.held_back)
        self._say(f"As of {wording.clock(filled.occasion.at, seconds=True)}", "muted")

    def _take(self, editing: Editing, occasion: Occasion, held_back: tuple[str, ...]) -> None:
        self.editing, self.occasion, self._held_back = editing, occasion, held_back
        self._kept_edits = True
        self.held_back.say("Held back — " + "; ".join(held_back) if held_back else "")
        self.sheet.clear()
        for number, form in enumerate(editing.sheets):
            self.sheet.addItem(f"{number + 1} of {len(editing.sheets)}: {_name_of(form)}")
        self.sheet.setEnabled(len(editing.sheets) > 1)
        self._show_sheet(0)
        self._make_pages()

    def _show_sheet(self, number: int) -> None:
        if self.editing is not None:
            self.sheet.setCurrentIndex(number)
            self.editor.show_sheet(self.editing, number)
            self._allow()

    # editing

    def _has_changed(self) -> None:
        self._kept_edits = False
        self._allow()
        self._settled.start()

    def _mark(self, line: str) -> None:
        if self.editing is not None:
            self.editing.mark(wording.one_line(line))
            self._settled.start()

    def undo(self) -> None:
        """Take the last step back, and show where it was."""
        if self.editing is not None:
            self._stepped(self.editing.undo())

    def redo(self) -> None:
        """The step that was taken back, again."""
        if self.editing is not None:
            self._stepped(self.editing.redo())

    def _stepped(self, sheet: int | None) -> None:
        if sheet is None:
            return
        if sheet != self.sheet.currentIndex():
            self._show_sheet(sheet)
        self.editor.refresh()
        self._has_changed()

    def _allow(self) -> None:
        there = self.editing is not None
        for name in ("keep", "print", "html", "pdf"):
            self.buttons[name].setEnabled(there)
        self.buttons["undo"].setEnabled(self.editing is not None and self.editing.may_undo)
        self.buttons["redo"].setEnabled(self.editing is not None and self.editing.may_redo)

    # the pages

    def _make_pages(self) -> None:
        """The very document that would be saved, made anew; one at a time."""
        standing = self.standing()
        if standing is None:
            return
        if "pages" in self._works:
            self._again = True
            return
        pages = self.pages.show_document
        self._works.begin("pages", lambda _go_on: opened(standing.pdf()), pages, "The pages could not be made")

    def _go_on(self, kind: str) -> None:
        if kind == "pages" and self._again:
            self._again = False
            self._make_pages()

    def standing(self) -> Standing | None:
        """The form as it stands now, to be handed out."""
        if self.editing is None or self.occasion is None:
            return None
        return Standing(
            tuple(self.editing.sheets),
            tuple(self.editing.printed()),
            self.occasion,
            self._held_back,
            wording.agency_name(self._desk.picture, self._desk.operator.agency),
        )

    def _hand_out(self, kind: str) -> None:
        standing = self.standing()
        if standing is None:
            return
        if kind in KINDS:
            self.handing_out.ask_to_save(standing, kind)
        else:
            self.handing_out.ask_to_print(standing)

    def _has_kept(self, sheets: tuple[Form, ...]) -> None:
        if self.editing is not None and tuple(self.editing.sheets) == sheets:
            self._kept_edits = True

    # kept forms

    def ask_to_open(self) -> None:
        """Ask for a form that was kept."""
        self._unless_edited(self._ask_to_open)

    def _ask_to_open(self) -> None:
        words = f"Form to work on (*{SUFFIX})"
        dialog = QFileDialog(self, "Open a kept form", str(self.handing_out.folder()), words)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda file: self.open_kept(Path(file)))
        dialog.open()

    def open_kept(self, path: Path) -> None:
        """Work on a form that was kept."""

        def work(_go_on: GoOn) -> KeptForm | str:
            try:
                return decoded(path.read_bytes())
            except ValueError as error:
                return wording.one_line(str(error))[:200]

        def read(kept: KeptForm | str) -> None:
            if isinstance(kept, str):
                self._say(f"Not opened: {kept}.", "bad")
                return
            self._take(Editing(kept.sheets, edited=kept.edited), kept.occasion, kept.held_back)
            self.line.setText(kept.sheets[0].marking)
            self._say(f"Opened: {path.name}, as of {kept.occasion.at.astimezone():%Y-%m-%d %H:%M}", "warn")

        self._works.begin("fill", work, read, "Not opened")

    # closing

    @property
    def is_settled(self) -> bool:
        """Whether nothing is being made, and the pages in sight are as the form is."""
        return not self._works and not self._settled.isActive() and self.pages.is_drawn

    def _say(self, words: str, tone: str) -> None:
        self.said.say(words, tone)
        self.said.setAccessibleDescription(words)

    def reject(self) -> None:
        """Close, by whichever way; edits that were not kept are asked for first."""
        self._unless_edited(self._close)

    def _close(self) -> None:
        self._settings.setValue(_SIZE, self.size())
        self._settled.stop()
        self._works.stop()
        self.handing_out.stop()
        super().reject()


def _name_of(form: Form) -> str:
    """What a sheet is of: the first of its boxes that says so."""
    texts = (box.text for part in form.parts if isinstance(part, Row) for box in part.boxes)
    return wording.one_line(next((text for text in texts if text.strip()), form.title))[:80]
