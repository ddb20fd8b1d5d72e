"""The time bar over a record of a clock that was once set to another age."""

import pytest
from pytestqt.qtbot import QtBot

from cop.map.palette import load_palette
from cop.replay.frames import Gap, Span, TimeMark
from cop.ui.time_bar import TimeBar

NOON = 1_793_620_800.0


@pytest.mark.parametrize(("first_at", "last_at"), [(0.0, 32_503_679_999.0), (NOON, NOON + 75 * 3.2e7)])
def test_that_a_record_of_centuries_is_shown_and_gone_through(qtbot: QtBot, first_at: float, last_at: float) -> None:
    bar = TimeBar(load_palette("dark"), past=True)
    qtbot.addWidget(bar)
    bar.resize(1100, bar.sizeHint().height())
    bar.show()
    marks = [TimeMark(NOON, "incident", "a", "i", "Fire")]
    bar.show_span(Span(number=1, first_at=first_at, last_at=last_at, marks=marks, gaps=[Gap(0.0, 9e12, "x")]), NOON)
    for at in (first_at, NOON, last_at):
        bar.show_past(at, NOON)
        assert not bar.grab().isNull()
        assert bar.line.at == at
