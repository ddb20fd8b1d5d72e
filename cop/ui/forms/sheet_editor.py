"""One sheet of a form to be edited: its blocks from top to bottom, as they stand on paper."""

import functools
from collections.abc import Callable

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from cop.briefing.forms.editing import Editing
from cop.briefing.forms.form import Form, Row, Signature, Table
from cop.ui import wording
from cop.ui.forms.fields import Field, Rows
from cop.ui.labels import Label

#: a row of more boxes is shown in several
_BOXES_ABREAST = 3


class SheetEditor(QScrollArea):
    """Fields for all that a sheet says; what is written goes into `editing` at once."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Blocks of the form")
        self._editing: Editing | None = None
        self._sheet = 0
        self.fields: dict[tuple[int, int], Field] = {}
        self.lists: dict[int, Rows] = {}
        self.signed: list[tuple[QLineEdit, QLineEdit, QLineEdit]] = []

    def show_sheet(self, editing: Editing, sheet: int) -> None:
        """Edit this sheet from now on."""
        self._editing, self._sheet = editing, sheet
        self._build(editing.sheets[sheet])

    def refresh(self) -> None:
        """Show what the sheet says now: a step was taken back."""
        if self._editing is None:
            return
        form = self._editing.sheets[self._sheet]
        for (part, box), field in self.fields.items():
            row = form.parts[part]
            assert isinstance(row, Row)
            field.show_text(row.boxes[box].text)
        for part, rows in self.lists.items():
            table = form.parts[part]
            assert isinstance(table, Table)
            rows.show_table(table)
        for edits, one in zip(self.signed, form.signatures, strict=True):
            for edit, text in zip(edits, (one.name, one.position, one.at), strict=True):
                if edit.text() != text:
                    edit.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns of lists share the width."""
        super().resizeEvent(event)
        for rows in self.lists.values():
            rows.spread(self.viewport().width() - 70)

    def _build(self, form: Form) -> None:
        self.fields, self.lists, self.signed = {}, {}, []
        body = QWidget()
        lines = QVBoxLayout(body)
        lines.setContentsMargins(14, 10, 14, 14)
        lines.setSpacing(10)
        for number, part in enumerate(form.parts):
            if isinstance(part, Row):
                lines.addLayout(self._boxes(number, part))
            elif isinstance(part, Table):
                self._add_list(lines, number, part)
            else:
                lines.addWidget(_heading(part.number, part.label))
                lines.addWidget(Label("Drawn from the picture; room for a drawing by hand without one.", "muted"))
        for number, one in enumerate(form.signatures):
            lines.addWidget(Label(wording.one_line(one.label), "strong"))
            lines.addLayout(self._signature(number, one))
        lines.addStretch(1)
        self.setWidget(body)
        for rows in self.lists.values():
            rows.spread(self.viewport().width() - 70)

    def _boxes(self, number: int, row: Row) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        abreast = min(len(row.boxes), _BOXES_ABREAST)
        for at, box in enumerate(row.boxes):
            line, column = divmod(at, abreast)
            name = _heading(box.number, box.label)
            field = Field(name.text(), box.lines)
            field.show_text(box.text)
            field.written.connect(functools.partial(self._write, number, at))
            name.setBuddy(field)
            self.fields[number, at] = field
            grid.addWidget(name, 2 * line, column)
            grid.addWidget(field, 2 * line + 1, column, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(column, 1)
        return grid

    def _add_list(self, lines: QVBoxLayout, number: int, table: Table) -> None:
        name = _heading(table.number, table.label)
        rows = Rows(name.text(), table)
        rows.model.written.connect(lambda row, column, text: self._write_cell(number, (row, column), text))
        rows.row_added.connect(lambda row: self._do(lambda one: one.add_row(self._sheet, number, row)))
        rows.rows_removed.connect(lambda which: self._do(lambda one: one.remove_rows(self._sheet, number, which)))
        rows.row_moved.connect(lambda row, to: self._do(lambda one: one.move_row(self._sheet, number, row, to)))
        name.setBuddy(rows.view)
        self.lists[number] = rows
        lines.addWidget(name)
        lines.addWidget(rows)

    def _signature(self, number: int, one: Signature) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        edits = tuple(QLineEdit(text) for text in (one.name, one.position, one.at))
        for column, (words, edit) in enumerate(zip(("Name", "Position/Title", "Date/Time"), edits, strict=True)):
            edit.setAccessibleName(f"{wording.one_line(one.label)}: {words}")
            edit.textEdited.connect(lambda _: self._sign(number))
            name = Label(words, "muted")
            name.setBuddy(edit)
            grid.addWidget(name, 0, column)
            grid.addWidget(edit, 1, column)
            grid.setColumnStretch(column, 1)
        self.signed.append((edits[0], edits[1], edits[2]))
        return grid

    def _write(self, part: int, box: int, text: str) -> None:
        if self._editing is not None:
            self._editing.write(self._sheet, part, box, text)
            self.changed.emit()

    def _write_cell(self, part: int, at: tuple[int, int], text: str) -> None:
        self._do(lambda editing: editing.write_cell(self._sheet, part, at, text))

    def _sign(self, number: int) -> None:
        if self._editing is not None:
            name, position, at = (edit.text() for edit in self.signed[number])
            one = self._editing.sheets[self._sheet].signatures[number]
            changed = msgspec.structs.replace(one, name=name, position=position, at=at)
            self._editing.sign(self._sheet, number, changed)
            self.changed.emit()

    def _do(self, act: Callable[[Editing], None]) -> None:
        if self._editing is not None:
            act(self._editing)
            self.refresh()
            self.changed.emit()


def _heading(number: str, words: str) -> Label:
    return Label(wording.one_line(f"{number}. {words}" if number else words), "muted", wrap=True)
