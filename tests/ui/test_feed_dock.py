"""The panel of feeds: agencies on them, clocks, floods, the broker and the record, at every width."""

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cop.domain.batch import Batch, BrokerState, FeedHealth, Upset, Voice
from cop.ui import broker_words, feed_words
from cop.ui.desk import Desk
from cop.ui.feed_dock import FeedModel
from cop.ui.main_window import MainWindow
from tests import reports as r
from tests.ui.conftest import MakeDesk, MakeWindow


def voice(agency: str, state: str = "live", *, last: float = -2.0, **told: Any) -> Voice:
    """An agency heard on a feed."""
    return Voice(agency=agency, state=state, messages=1200, last_message_at=r.at(last), **{"usual_gap_s": 5.0, **told})


SHARED = FeedHealth(
    feed="cop",
    agency="",
    format="cop-json",
    state="live",
    messages=48_213,
    last_message_at=r.at(-1),
    per_second=212.4,
    voices=[
        voice("charlotte-fire", skew_s=0.4, latency_s=0.2),
        voice("gastonia-fd", "silent", last=-312.0, usual_gap_s=20.0, skew_s=3600.0, corrected=True),
        voice("mecklenburg-ems", latency_s=4.3, skew_s=-7.0),
    ],
)
FLOOD = FeedHealth(
    feed="adsb",
    agency="faa",
    format="sbs",
    state="flooding",
    messages=8_123_456,
    last_message_at=r.at(0),
    per_second=9120.0,
    held=4211,
    overtaken=182_344,
    voices=[voice("faa", usual_gap_s=1.0)],
)
DENIED = FeedHealth(
    feed="county cad",
    agency="meck-911",
    format="eido",
    state="failed",
    messages=312,
    bad=312,
    last_message_at=r.at(-44),
    last_bad_reason="the broker does not let this desk hear it",
    bad_reasons={"no JSON": 300, "<b>status</b>\nis missing": 12},
)
SILENT_SEA = FeedHealth(feed="ais", agency="uscg", format="ais", state="never_heard")


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    """A desk that hears these feeds alone."""
    made = make_desk()
    made.picture.feeds.clear()
    made.take_in(Batch(epoch=1, health=[SHARED, FLOOD, DENIED, SILENT_SEA]))
    return made


def rows(model: FeedModel) -> list[str]:
    """Each line as it is read, from above."""
    columns = range(model.columnCount())
    return [
        " | ".join(str(model.index(row, at).data()).replace("\n", " ") for at in columns)
        for row in range(model.rowCount())
    ]


def test_that_each_agency_on_a_feed_of_many_has_its_line_and_the_worst_stand_first(
    desk: Desk, make_window: MakeWindow, watched: Any
) -> None:
    model = watched(FeedModel(desk, make_window(desk).colours))
    assert rows(model) == [
        "✕ failed | Meck 911 county cad | 44 s ago | 0/min 312 | the broker does not let this desk hear it · 312 bad",
        "▲ silent | Gastonia FD cop | 5 min ago usually 20 s | 0/min 1,200 | clock 1 h 00 ahead, corrected",
        "≋ flooding | Faa adsb | 0 s ago usually 1 s | 9,120/s 8,123,456 | 4,211 waiting · 182,344 positions left out",
        "○ never heard | Uscg ais | never | 0/min 0 | —",
        "● live | Mecklenburg EMS cop | 2 s ago usually 5 s | 0/min 1,200 | "
        "clock 7 s behind, not corrected · messages 4.3 s late",
        "● live | cop all on it | 1 s ago | 212/s 48,213 | —",
        "● live | Charlotte Fire cop | 2 s ago usually 5 s | 0/min 1,200 | —",
    ]
    desk.take_in(Batch(epoch=1, health=[FeedHealth(feed="cop", agency="", format="cop-json", state="live")]))
    model.refresh()
    assert model.rowCount() == 4


@pytest.mark.parametrize("size", [(1280, 800), (1600, 900), (1920, 1080)])
def test_that_the_table_needs_no_scrolling_sideways_and_says_what_is_amiss_at_every_width(
    qtbot: QtBot, desk: Desk, make_window: MakeWindow, size: tuple[int, int]
) -> None:
    window = make_window(desk, size)
    window._show_dock(window.feed_dock)
    view = window.feed_dock.view
    qtbot.waitUntil(lambda: view.viewport().width() > 200)
    qtbot.waitUntil(lambda: view.horizontalHeader().length() <= view.viewport().width())
    qtbot.waitUntil(lambda: window.feed_dock.detail.width() >= 200)
    window.feed_dock.refresh()
    view.selectRow(1)
    said = window.feed_dock.detail.toPlainText()
    assert "Gastonia FD on cop · cop-json" in said
    assert "usually every 20 s" in said
    assert "clock 1 h 00 ahead, corrected" in said
    assert "1,200 messages" in said
    state = window.feed_dock.model.index(1, 0).data()
    assert ("clock 1 h" in state) == window.feed_dock.model.narrow == (size[0] == 1280)


def test_that_details_tell_of_floods_refusals_and_reasons_in_words(desk: Desk) -> None:
    def told(health: FeedHealth) -> str:
        return "\n".join(feed_words.details(desk.picture, feed_words.rows_of(health)[0], desk.now()))

    assert "taken in at its share, so that nobody else is delayed" in told(FLOOD)
    assert "the broker does not let this desk hear it" in told(DENIED)
    assert "    12  <b>status</b> is missing" in told(DENIED)
    assert "no message so far" in told(SILENT_SEA)


def test_that_a_silent_agency_does_not_hide_behind_a_live_feed_in_the_top_bar(
    desk: Desk, make_window: MakeWindow
) -> None:
    window = make_window(desk)
    dots = window.top_bar.dots
    assert dots.accessibleName() == "Feeds: 2 live, 1 never heard, 1 flooding, 1 silent, 1 failed"
    window.grab()
    said = [dots.words_at(box.center()).split("\n")[0] for box, _ in dots._spots]
    assert said[:3] == ["Meck 911: failed", "Gastonia FD: silent", "Faa: flooding"]
    assert "Cop" not in "".join(said)
    assert "usually every 20 s" in dots.words_at(dots._spots[1][0].center())
    assert dots.words_at(QPoint(-5, -5)).startswith("Feeds: 2 live")


def test_that_the_broker_is_told_by_its_place_since_when_why_and_with_what_to_do(
    desk: Desk, make_window: MakeWindow
) -> None:
    window = make_window(desk)
    window._show_dock(window.feed_dock)
    refused = BrokerState(
        state="refused",
        url="mqtts://b.example.org:8883",
        place=2,
        brokers=3,
        since=r.at(-60),
        reconnects=1,
        reason="user name or password is wrong",
        advice="Check user and password under [broker] in cop.toml.",
    )
    desk.take_in(Batch(epoch=1, broker=refused))
    at = f"{r.at(-60).astimezone():%H:%M}"
    dock = window.feed_dock
    assert dock.broker.text() == f"Broker 2 of 3 b.example.org:8883: refuses us since {at}:00 · 1 reconnect"
    words = "User name or password is wrong. Check user and password under [broker] in cop.toml."
    assert dock.why.text() == words
    assert window.banners.texts() == [f"Broker refuses us since {at} — positions are not updating. {words}"]
    desk.take_in(Batch(epoch=1, broker=BrokerState(state="online", url="mqtt://b", round_trip_s=2.4)))
    assert dock.broker.text() == "Broker b: connected · slow: answers in 2.4 s · 0 reconnects"
    assert dock.why.isHidden()


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("the disk is full (/srv/journal)", "Free space on that disk"),
        ("the file, its folder or the disk is read-only (/srv/journal)", "must be allowed to write there"),
        ("another program keeps the file locked (/srv/journal)", "Close the other program"),
        ("the disk does not answer (/srv/journal)", "Check the disk"),
        ("a file stands where the folder should be (/srv/journal)", "name another folder"),
        ("it is damaged (file is not a database)", "another one begun"),
        ("database disk image is malformed (/srv/journal)", "another one begun"),
        ("something else", "Call whoever looks after this computer"),
    ],
)
def test_that_nothing_being_recorded_is_said_with_what_to_do(error: str, advice: str) -> None:
    said = broker_words.not_recording(error, None)
    assert said.startswith(f"NOT RECORDING — {error}. ")
    assert advice in said
    assert broker_words.not_recording("", None) == ""


def test_that_the_strip_says_since_when_nothing_is_recorded_and_the_notice_how_long_it_was(
    desk: Desk, make_window: MakeWindow, clock: Any
) -> None:
    window = make_window(desk)
    full = BrokerState(state="online", url="mqtt://b", journal_error="the disk is full (/srv)")
    desk.take_in(Batch(epoch=1, broker=full))
    clock.now = r.at(240)
    window.tick()
    at = f"{r.NOON.astimezone():%H:%M}"
    assert [text.startswith(f"NOT RECORDING since {at} — the disk is full") for text in window.banners.texts()] == [
        True
    ]
    clock.now = r.at(250)
    desk.take_in(Batch(epoch=1, broker=BrokerState(state="online", url="mqtt://b")))
    assert window.banners.texts() == []
    assert window.notice.text().startswith("Recording again, after 4 min without.")


def test_that_a_damaged_file_of_the_record_is_told_once_and_stands_in_the_panel(
    desk: Desk, make_window: MakeWindow
) -> None:
    window = make_window(desk)
    damaged = BrokerState(state="online", url="mqtt://b", record="op.2.sqlite", left_aside="op.1.sqlite: it is cut off")
    desk.take_in(Batch(epoch=1, broker=damaged))
    told = "A file of the record is damaged and was left as it is: op.1.sqlite: it is cut off. Keep it"
    assert window.notice.text().startswith(told)
    window.notice.hide()
    desk.take_in(Batch(epoch=1, broker=msgspec.structs.replace(damaged, reconnects=1)))
    assert window.notice.text() == ""
    window.feed_dock.refresh()
    assert window.feed_dock.record.text().startswith(f"Recording into op.2.sqlite. {told}")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"recorded": False}, "Not recorded"),
        ({"record": "op.sqlite", "signed": True}, "Recording into op.sqlite, signed: every message and every action."),
        ({"record": "op.sqlite"}, "Recording into op.sqlite: every message and every action."),
        ({"record": "op.sqlite", "unsigned": "no key"}, "Recording into op.sqlite, but the record is not signed"),
    ],
)
def test_that_the_panel_says_where_everything_is_recorded(fields: dict[str, Any], said: str) -> None:
    state = BrokerState(state="online", url="mqtt://b", **fields)
    assert broker_words.record_line(state)[0].startswith(said)


def test_that_a_wrong_clock_of_this_computer_is_said_for_as_long_as_it_is(desk: Desk, make_window: MakeWindow) -> None:
    window = make_window(desk)
    desk.take_in(Batch(epoch=1, broker=BrokerState(state="online", url="mqtt://b", clock_off_s=-432.0)))
    (text,) = window.banners.texts()
    assert text.startswith("This computer's clock is 7 min behind, by what most agencies say:")
    desk.take_in(Batch(epoch=1, broker=BrokerState(state="online", url="mqtt://b", clock_off_s=1.0)))
    assert window.banners.texts() == []


@pytest.mark.parametrize(
    ("upset", "words"),
    [
        (Upset("slept", 720.0, 0.0), "This computer slept for 12 min"),
        (Upset("clock", 3600.0, 0.0), "This computer's clock was set forward by 1 h 00"),
        (Upset("clock", -90.0, 0.0), "This computer's clock was set back by 1 min"),
        (Upset("what", 1.0, 0.0), ""),
    ],
)
def test_that_what_happened_to_this_computer_is_told(
    desk: Desk, make_window: MakeWindow, upset: Upset, words: str
) -> None:
    window: MainWindow = make_window(desk)
    desk.take_in(Batch(epoch=1, upsets=[upset]))
    assert window.notice.text()[: len(words) or None] == words


def test_that_hostile_words_of_broker_and_disk_stay_on_one_line(desk: Desk, make_window: MakeWindow) -> None:
    window = make_window(desk)
    nasty = "<img src=x>\n\u202eevil"
    state = BrokerState(state="refused", url=f"mqtt://{nasty}", reason=nasty, advice=nasty, journal_error=nasty)
    desk.take_in(Batch(epoch=1, broker=state))
    window._show_dock(window.feed_dock)
    for text in (*window.banners.texts(), window.feed_dock.broker.text(), window.feed_dock.why.text()):
        assert "\n" not in text
        assert "\u202e" not in text
    assert "<img" not in window.feed_dock.broker.toolTip()
    assert window.feed_dock.broker.textFormat() == Qt.TextFormat.PlainText


def test_that_working_at_another_broker_is_told_once(desk: Desk, make_window: MakeWindow) -> None:
    window = make_window(desk)
    first = BrokerState(state="online", url="mqtt://one:1883", place=1, brokers=2)
    second = BrokerState(state="online", url="mqtt://two:1883", place=2, brokers=2)
    for state, words in (
        (first, ""),
        (BrokerState(state="connecting", url="mqtt://two:1883", place=2, brokers=2), ""),
        (second, "Now at broker 2 of 2, two:1883: work goes on there."),
        (second, ""),
        (first, "Back at the first broker, one:1883."),
    ):
        window.notice.hide()
        desk.take_in(Batch(epoch=1, broker=state))
        assert window.notice.text()[: len(words) or None] == words


def test_that_of_many_strips_the_gravest_stands_first_and_the_window_does_not_grow(
    desk: Desk, make_window: MakeWindow
) -> None:
    window = make_window(desk)
    window.show_banner("Boundaries: something", "warn", "boundaries")
    window.show_banner("It was logged.", "bad")
    window.banners.show_banner("Who is silent", "warn", "silence")
    amiss = {"journal_error": "the disk is full (/srv)", "outbox_error": "the disk is full (/srv)", "clock_off_s": 99.0}
    desk.take_in(Batch(epoch=1, broker=BrokerState(state="refused", url="mqtt://b", reason="no", **amiss)))
    assert [text.split()[0] for text in window.banners.texts()] == [
        "Broker",
        "Actions",
        "NOT",
        "This",
        "It",
        "Who",
        "Boundaries:",
    ]
    window.banners.show_banner("All are silent", "bad", "silence")
    assert [text.split()[0] for text in window.banners.texts()][2] == "All"
    for source in ("silence", "boundaries", "app"):
        window.banners.clear_banner(source)
    QApplication.processEvents()
    before = window.minimumSizeHint().height()
    desk.take_in(Batch(epoch=1, broker=BrokerState(state="online", url="mqtt://b")))
    assert window.banners.texts() == []
    assert window.minimumSizeHint().height() <= before  # at once, not only when events were processed
