"""A filled form under the pen: every change gives another form, and can be taken back."""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

import msgspec

from cop.briefing.forms.form import Form, Row, Signature, Table

_T = TypeVar("_T")
_MOST_STEPS = 200
_BY_HAND = "Edited by hand after it was filled"


class Editing:
    """Sheets (of one form there may be several), as they are filled and as they stand now.

    Typing on in one place is one step; a step names the sheet that it is of.
    """

    def __init__(self, sheets: Sequence[Form], *, edited: bool = False) -> None:
        """`edited`: they were, before they were kept."""
        self.sheets = list(sheets)
        self._filled = tuple(sheets)
        self._edited_before = edited
        self._done: list[tuple[int, Form]] = []
        self._undone: list[tuple[int, Form]] = []
        self._writing: Hashable = None

    @property
    def is_edited(self) -> bool:
        """Whether something differs from what was filled in."""
        return tuple(self.sheets) != self._filled

    @property
    def may_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._done)

    @property
    def may_redo(self) -> bool:
        """Whether a step was taken back."""
        return bool(self._undone)

    def printed(self) -> list[Form]:
        """The sheets as they leave: one that was changed by hand says so."""
        return [
            one if one == filled and not self._edited_before else msgspec.structs.replace(one, note=_noted(one.note))
            for one, filled in zip(self.sheets, self._filled, strict=True)
        ]

    def write(self, sheet: int, part: int, box: int, text: str) -> None:
        """Another text into a box."""

        def change(form: Form) -> Form:
            row = form.parts[part]
            assert isinstance(row, Row)
            boxes = _with(row.boxes, box, msgspec.structs.replace(row.boxes[box], text=text))
            return _part(form, part, msgspec.structs.replace(row, boxes=boxes))

        self._change(sheet, change, ("box", sheet, part, box))

    def write_cell(self, sheet: int, part: int, at: tuple[int, int], text: str) -> None:
        """Another text into a row and column of a list."""
        row, column = at

        def change(rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
            known = rows[row] + ("",) * (column + 1 - len(rows[row]))  # a row may be shorter than its list is wide
            return _with(rows, row, _with(known, column, text))

        self._change(sheet, _rows(part, change), ("cell", sheet, part, row, column))

    def add_row(self, sheet: int, part: int, at: int) -> None:
        """An empty row into a list, before the one that stands there."""

        def change(form: Form) -> Form:
            table = form.parts[part]
            assert isinstance(table, Table)
            rows = (*table.rows[:at], ("",) * len(table.columns), *table.rows[at:])
            return _part(form, part, msgspec.structs.replace(table, rows=rows))

        self._change(sheet, change, None)

    def remove_rows(self, sheet: int, part: int, which: set[int]) -> None:
        """Rows out of a list."""
        self._change(
            sheet,
            _rows(part, lambda rows: tuple(row for number, row in enumerate(rows) if number not in which)),
            None,
        )

    def move_row(self, sheet: int, part: int, row: int, to: int) -> None:
        """A row of a list to another place; nothing where there is none."""

        def change(rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
            if not 0 <= to < len(rows):
                return rows
            left = [*rows[:row], *rows[row + 1 :]]
            return (*left[:to], rows[row], *left[to:])

        self._change(sheet, _rows(part, change), None)

    def sign(self, sheet: int, number: int, signed: Signature) -> None:
        """Who prepared or approved it."""

        def change(form: Form) -> Form:
            return msgspec.structs.replace(form, signatures=_with(form.signatures, number, signed))

        self._change(sheet, change, ("signature", sheet, number))

    def mark(self, line: str) -> None:
        """The classification line of all sheets; no step of its own: it can be written anew."""
        self.sheets = [msgspec.structs.replace(one, marking=line) for one in self.sheets]
        self._filled = tuple(msgspec.structs.replace(one, marking=line) for one in self._filled)
        self._done = [(at, msgspec.structs.replace(one, marking=line)) for at, one in self._done]
        self._undone = [(at, msgspec.structs.replace(one, marking=line)) for at, one in self._undone]

    def undo(self) -> int | None:
        """Take the last step back; the sheet that it was of."""
        return self._step(self._done, self._undone)

    def redo(self) -> int | None:
        """Take the step that was taken back; the sheet that it is of."""
        return self._step(self._undone, self._done)

    def _step(self, away: list[tuple[int, Form]], onto: list[tuple[int, Form]]) -> int | None:
        self._writing = None
        if not away:
            return None
        sheet, form = away.pop()
        onto.append((sheet, self.sheets[sheet]))
        self.sheets[sheet] = form
        return sheet

    def _change(self, sheet: int, change: Callable[[Form], Form], where: Hashable) -> None:
        was = self.sheets[sheet]
        changed = change(was)
        if changed == was:
            return
        if where is None or where != self._writing:
            self._done.append((sheet, was))
            del self._done[:-_MOST_STEPS]
        self._undone.clear()
        self._writing = where
        self.sheets[sheet] = changed


def _noted(note: str) -> str:
    return note if _BY_HAND in note else ". ".join(filter(None, (note, _BY_HAND)))


def _part(form: Form, at: int, part: Row | Table) -> Form:
    return msgspec.structs.replace(form, parts=_with(form.parts, at, part))


def _rows(
    part: int, change: Callable[[tuple[tuple[str, ...], ...]], tuple[tuple[str, ...], ...]]
) -> Callable[[Form], Form]:
    def changed(form: Form) -> Form:
        table = form.parts[part]
        assert isinstance(table, Table)
        return _part(form, part, msgspec.structs.replace(table, rows=change(table.rows)))

    return changed


def _with(some: tuple[_T, ...], at: int, one: _T) -> tuple[_T, ...]:
    return (*some[:at], one, *some[at + 1 :])
