"""Text from feeds on the map."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from cop.map.lettering import Chips, clean, whole
from cop.map.palette import load_palette


@given(st.text(), st.integers(1, 60))
def test_that_any_text_becomes_one_short_line(text: str, limit: int) -> None:
    line = clean(text, limit)
    assert len(line) <= limit
    assert line.isprintable()


def test_that_marks_that_turn_the_reading_round_are_taken_out() -> None:
    assert clean("Eng\u202e 12\u0000\n7") == "Eng 12 7"


def test_that_long_text_ends_in_an_ellipsis() -> None:
    assert clean("a" * 50, 10) == "a" * 9 + "…"


def test_that_markup_is_drawn_letter_by_letter(qapp: QApplication) -> None:
    chips = Chips(load_palette("dark"))
    assert chips.callsign(("<b>X</b>",), 1.0).width > 2 * chips.callsign(("X",), 1.0).width


def test_that_chips_are_drawn_once_and_anew_for_another_theme(qapp: QApplication) -> None:
    chips = Chips(load_palette("dark"), limit=3)
    first = chips.callsign(("Medic 7",), 1.0)
    assert chips.callsign(("Medic 7",), 1.0) is first
    chips.set_palette(load_palette("light"))
    assert chips.callsign(("Medic 7",), 1.0).pixmap.toImage() != first.pixmap.toImage()
    for number in range(20):  # more than are kept: the old ones go, nothing grows
        chips.callsign((f"Unit {number}",), 1.0)
    assert len(chips._drawn) <= 3


def test_that_a_name_that_leaves_nothing_on_the_screen_is_none() -> None:
    for blank in ("\u3164" * 5, "\u2800", "\u115f\u1160\uffa0", "\u200b\u202e \u3000"):
        assert whole(blank) == clean(blank) == ""
    assert whole("Medic\u31647") == "Medic 7"
