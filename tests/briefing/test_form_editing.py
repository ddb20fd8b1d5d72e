"""A form under the pen: each step can be taken back, and what was kept is read back as it was."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cop.briefing.forms.editing import Editing
from cop.briefing.forms.filling import fill
from cop.briefing.forms.form import Form, Table
from cop.briefing.forms.kept import KeptForm, decoded, encoded
from tests.briefing.busy_hour import busy_ground
from tests.briefing.test_paper import HEAD, OCCASION, listed, made


def sheets() -> list[Form]:
    return [made(listed(("Engine 4", "Attack"), ("Medic 9", "Triage"))), made(listed())]


class Pen(RuleBasedStateMachine):
    """Any steps, forth and back, against a list of all that ever stood there."""

    def __init__(self) -> None:
        super().__init__()
        self.editing = Editing(sheets())
        self.stood = [list(self.editing.sheets)]
        self.at = 0

    def _did(self) -> None:
        now = list(self.editing.sheets)
        if now != self.stood[self.at]:
            self.stood[self.at + 1 :] = [now]
            self.at += 1

    @rule(sheet=st.integers(0, 1), box=st.integers(0, 1), text=st.text(max_size=5))
    def write(self, sheet: int, box: int, text: str) -> None:
        self.editing.add_row(sheet, 1, 0)  # another place: no two letters are one step here
        self._did()
        self.editing.write(sheet, 0, box, text)
        self._did()

    @rule(sheet=st.integers(0, 1), at=st.integers(0, 3))
    def add(self, sheet: int, at: int) -> None:
        self.editing.add_row(sheet, 1, at)
        self._did()

    @rule(sheet=st.integers(0, 1), which=st.sets(st.integers(0, 3)))
    def remove(self, sheet: int, which: set[int]) -> None:
        self.editing.remove_rows(sheet, 1, which)
        self._did()

    @rule(sheet=st.integers(0, 1), row=st.integers(0, 3), to=st.integers(-1, 4))
    def move(self, sheet: int, row: int, to: int) -> None:
        table = self.editing.sheets[sheet].parts[1]
        assert isinstance(table, Table)
        if row < len(table.rows):
            self.editing.move_row(sheet, 1, row, to)
            self._did()

    @precondition(lambda self: self.at > 0)
    @rule()
    def undo(self) -> None:
        assert self.editing.undo() is not None
        self.at -= 1

    @precondition(lambda self: self.at < len(self.stood) - 1)
    @rule()
    def redo(self) -> None:
        assert self.editing.redo() is not None
        self.at += 1

    @invariant()
    def stands_as_it_stood(self) -> None:
        assert self.editing.sheets == self.stood[self.at]
        assert self.editing.may_undo == (self.at > 0)
        assert self.editing.may_redo == (self.at < len(self.stood) - 1)


Pen.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestPen = Pen.TestCase


def test_that_typing_on_in_one_place_is_one_step() -> None:
    editing = Editing(sheets())
    for text in ("D", "De", "Der"):
        editing.write(0, 0, 0, text)
    editing.write(0, 0, 1, "x")
    assert editing.undo() == 0
    assert editing.undo() == 0
    assert editing.sheets == sheets()
    assert not editing.is_edited


def test_that_an_edited_sheet_says_so_where_it_leaves_and_the_others_do_not() -> None:
    editing = Editing(sheets())
    editing.write_cell(0, 1, (1, 1), "Carry")
    first, second = editing.printed()
    assert "Edited by hand" in first.note
    assert second == sheets()[1]
    editing.undo()
    assert editing.printed() == sheets()


def test_that_another_classification_is_no_edit_and_outlives_every_step() -> None:
    editing = Editing(sheets())
    editing.write(0, 0, 0, "x")
    editing.mark("CUI")
    editing.undo()
    assert [one.marking for one in editing.printed()] == ["CUI", "CUI"]
    assert not editing.is_edited


@given(st.lists(st.text(st.characters()), min_size=2, max_size=2))
def test_that_a_kept_form_is_read_back_as_it_was(texts: list[str]) -> None:
    # what no file can hold (half a surrogate pair) is a question mark; all else is kept
    texts = [one.encode("utf-8", "replace").decode() for one in texts]
    form = made(listed(tuple(texts), ("", "")), note=texts[0])
    kept = KeptForm(occasion=OCCASION, sheets=(form,), edited=True, held_back=(texts[1],))
    assert decoded(encoded(kept)) == kept


def test_that_half_a_letter_from_a_feed_does_not_stop_a_form_from_being_kept() -> None:
    kept = KeptForm(occasion=OCCASION, sheets=(made(listed(("a\ud800", "b"))),))
    (sheet,) = decoded(encoded(kept)).sheets
    table = sheet.parts[1]
    assert isinstance(table, Table)
    assert table.rows == (("a?", "b"),)


def test_that_forms_filled_from_a_busy_hour_are_kept_whole() -> None:
    kept = KeptForm(occasion=OCCASION, sheets=tuple(fill("204", busy_ground())))
    assert decoded(encoded(kept)) == kept


def _changed(change: Any) -> bytes:
    document = json.loads(encoded(KeptForm(occasion=OCCASION, sheets=(made(listed(("a", "b"))),))))
    change(document)
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        b'{"what": "cop-ics-form"}',
        b"\xff\xfe",
        _changed(lambda one: one.update(what="something")),
        _changed(lambda one: one.update(version=2)),
        _changed(lambda one: one.update(sheets=[])),
        _changed(lambda one: one["sheets"][0]["parts"][1].update(rows=[["a", "b", "c"]])),
        _changed(lambda one: one["sheets"][0]["parts"].append({"type": "nothing"})),
    ],
)
def test_that_what_is_no_kept_form_is_refused_in_words(document: bytes) -> None:
    with pytest.raises(ValueError, match="kept"):
        decoded(document)


@given(st.binary(max_size=300))
def test_that_rubbish_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match="kept form"):
        decoded(document)


def test_that_a_row_that_is_shorter_than_its_list_can_be_written_into() -> None:
    form = msgspec.structs.replace(made(), parts=(HEAD, listed((), ("only one",))))
    editing = Editing([form])
    editing.write_cell(0, 1, (0, 1), "second")
    table = editing.sheets[0].parts[1]
    assert isinstance(table, Table)
    assert table.rows == (("", "second"), ("only one",))


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00"])
@pytest.mark.parametrize("which", ["at", "made_at"])
def test_that_a_kept_form_of_no_time_is_refused(which: str, at: str) -> None:
    document = json.loads(encoded(KeptForm(occasion=OCCASION, sheets=tuple(sheets()))))
    document["occasion"][which] = at
    with pytest.raises(ValueError, match="no kept form"):
        decoded(json.dumps(document).encode())


def test_that_a_kept_row_without_boxes_is_refused() -> None:
    document = json.loads(encoded(KeptForm(occasion=OCCASION, sheets=tuple(sheets()))))
    row = next(one for one in document["sheets"][0]["parts"] if "boxes" in one)
    row["boxes"] = []
    with pytest.raises(ValueError, match="has no boxes"):
        decoded(json.dumps(document).encode())
