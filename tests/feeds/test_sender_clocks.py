"""A sender whose clock is wrong is heard, its words are read in their true order, and no unit stands still for it."""

import math
from typing import Any

import msgspec
import pytest

from cop.domain.batch import Batch, BrokerState
from cop.domain.incident import Incident
from cop.domain.rules.newer import is_newer_report
from cop.domain.unit import Position, Unit
from cop.feeds.adapters.cop_json import encode
from cop.feeds.intake import Intake
from cop.feeds.message import Feed
from cop.feeds.session import Received
from cop.picture.picture import Picture
from tests.reports import at, incident, report

_NOON = at(0).timestamp()
_COP = Feed(name="cop", format="cop-json", topic="cop/v1/#")
_TAK = Feed(name="tak", format="cot-xml", topic="tak/#", agency="a")


class _Desk:
    """An intake, and the picture behind it, at a time of its own."""

    def __init__(self, *feeds: Feed, **options: Any) -> None:
        self.now = _NOON
        self.intake = Intake(feeds or (_COP,), None, exercise=None, clock=lambda: self.now, **options)
        self.picture = Picture()
        self.batches: list[Batch] = []

    def hear(self, topic: str, payload: bytes, seconds: float, *, retained: bool = False) -> None:
        """A message comes so many seconds after noon, by our clock."""
        self.now = _NOON + seconds
        self.intake.take([Received(topic, payload, self.now, retained, 1, 1)])

    def place(
        self, seconds: float, said: float, unit: str = "u1", lat: float = 35.0, *, retained: bool = False
    ) -> None:
        """A position comes, with the sender's time."""
        body = Position(id=unit, at=at(said), lat=lat, lon=-80.9)
        self.hear(f"cop/v1/a/position/{unit}", encode(body), seconds, retained=retained)

    def batch(self) -> Batch:
        """What the next pulse brings."""
        batch = self.intake.batch(1, None, [], health=True)
        self.picture.apply(batch)
        self.batches.append(batch)
        return batch

    def lat_of(self, unit: str = "u1") -> float:
        """Where the picture has a unit."""
        self.batch()
        row = self.picture.tracks.row_of("a", unit)
        return math.nan if row is None else float(self.picture.tracks.lat[row])

    def age_of(self, unit: str = "u1") -> float:
        """How old its place is, in seconds."""
        self.batch()
        row = self.picture.tracks.row_of("a", unit)
        assert row is not None
        return self.now - float(self.picture.tracks.reported_at[row])


def _voices(batch: Batch) -> dict[str, Any]:
    return {voice.agency: voice for feed in batch.health for voice in feed.voices}


@pytest.mark.parametrize("ahead_s", [120.0, 600.0, 3600.0, 43_200.0])
def test_that_an_agency_whose_clock_is_ahead_is_taken_in_what_it_retained_too(ahead_s: float) -> None:
    desk = _Desk()
    desk.place(0.0, ahead_s - 30.0, "parked", retained=True)
    word = Incident(id="i1", at=at(ahead_s - 60.0), rev=1, title="Derailment")
    desk.hear("cop/v1/a/incident/i1", encode(word), 0.0, retained=True)
    for second in range(1, 12):
        desk.place(second, second + ahead_s - 0.2, lat=35.0 + second)
    assert desk.lat_of() == 46.0
    assert desk.age_of() == pytest.approx(0.2, abs=0.3)
    assert desk.age_of("parked") == pytest.approx(41.0, abs=0.5)
    (said,) = desk.picture.incidents.values()
    assert said.body == word  # its own words are as they were said
    batch = desk.batch()
    voice = _voices(batch)["a"]
    assert voice.corrected
    assert voice.skew_s == pytest.approx(ahead_s, abs=0.5)
    assert batch.health[0].bad == 0
    assert said.corrected_s == pytest.approx(ahead_s, abs=0.5)


def test_that_words_say_by_how_much_their_time_was_corrected() -> None:
    desk = _Desk()
    for second in range(10):
        desk.place(second, second + 600.0)
    word = Incident(id="i1", at=at(609.5), rev=1, title="Derailment")
    desk.hear("cop/v1/a/incident/i1", encode(word), 10.0)
    (report,) = desk.batch().reports
    assert report.body.at == at(609.5)
    assert report.corrected_s == pytest.approx(600.0)
    assert report.reported_at == at(9.5)


def test_that_a_unit_whose_clock_was_ahead_and_is_put_right_goes_on_moving() -> None:
    desk = _Desk()
    for second in range(30):
        desk.place(second, second + 3600.0, lat=10.0 + second)
    assert desk.lat_of() == 39.0
    still = []
    for second in range(30, 60):
        desk.place(second, second, lat=10.0 + second)
        still.append(desk.lat_of() != 10.0 + second)
    assert sum(still) <= 7
    assert not any(still[8:])
    assert desk.age_of() == pytest.approx(0.0, abs=0.5)


def test_that_a_time_to_come_freezes_no_unit() -> None:
    """One message of a clock four minutes ahead, then the clock is right."""
    desk = _Desk()
    for second in range(20):
        desk.place(second, second, lat=second)
    desk.place(20.0, 260.0, lat=20.0)
    assert desk.lat_of() == 20.0
    assert desk.age_of() == 0.0
    desk.place(21.0, 21.0, lat=21.0)
    assert desk.lat_of() == 21.0


def test_that_one_units_clock_is_not_its_agencys() -> None:
    desk = _Desk()
    for second in range(60):
        desk.place(second, second - 0.1, f"u{second % 12}", lat=second)
        if second % 12 == 0:
            desk.place(second + 0.5, second + 900.0, "wild", lat=second)
    assert desk.age_of("u11") == pytest.approx(0.0, abs=1.2)
    voice = _voices(desk.batch())["a"]
    assert not voice.corrected
    for second in range(60, 120):
        desk.place(second, second - 0.1, f"u{second % 12}", lat=second)
    batch = desk.batch()
    assert "sender's clock is more than 5 min ahead" in batch.health[0].bad_reasons  # once it is sure
    assert math.isnan(desk.lat_of("wild"))


def test_that_positions_kept_during_a_cut_are_late_and_the_newest_stays() -> None:
    desk = _Desk()
    for second in range(30):
        desk.place(second, second - 0.1, lat=second / 2)
    for kept in range(30, 90):
        desk.place(90.0 + (kept - 30) / 20, kept, lat=kept / 2)
    desk.place(94.0, 94.0, lat=47.0)
    assert desk.lat_of() == 47.0
    voice = _voices(desk.batch())["a"]
    assert not voice.corrected
    assert abs(voice.skew_s) < 1.0


def _event(uid: str, said: float, kind: str = "a-f-G-U-C", detail: str = "") -> bytes:
    time = at(said).isoformat()
    return (
        f'<event version="2.0" uid="{uid}" type="{kind}" time="{time}" start="{time}" '
        f'stale="{at(said + 120).isoformat()}" how="m-g"><point lat="35.2" lon="-80.9" hae="1" ce="1" le="1"/>'
        f"<detail>{detail}</detail></event>"
    ).encode()


_CALL = '<link uid="A1" type="a-f-G-U-C" relation="p-p"/><emergency type="911 Alert">E30</emergency>'


@pytest.mark.parametrize("called_at", [1.5, 25.5])
def test_that_a_call_for_help_by_a_clock_ahead_is_heard_and_stands(called_at: float) -> None:
    """Called before its clock is known, and after."""
    desk = _Desk(_TAK)
    for second in range(40):
        desk.hear("tak/x", _event("A1", second + 600.0), second)
        if second < called_at <= second + 1:
            desk.hear("tak/x", _event("A1-9-1-1", called_at + 600.0, "b-a-o-tbl", _CALL), called_at)
    desk.batch()
    (report,) = desk.picture.units.values()
    assert isinstance(report.body, Unit)
    assert report.body.status == "emergency"
    assert desk.age_of("A1") == pytest.approx(0.0, abs=0.5)


@pytest.mark.parametrize("ahead_s", [240.0, 3600.0])
def test_that_a_units_words_outlive_the_correction_of_its_clock(ahead_s: float) -> None:
    """Its clock is put right, and within the same seconds the unit says that it is free."""
    desk = _Desk(Feed(name="o", format="cot-xml", topic="tak/#", agency="a"))
    busy, free = '<cop kind="engine" status="busy"/>', '<cop kind="engine" status="available"/>'
    for second in range(30):
        desk.hear("tak/x", _event("A1", second + ahead_s, detail=busy), second)
    desk.batch()
    before = [report.body for report in desk.picture.units.values()]
    for second in range(30, 45):
        desk.hear("tak/x", _event("A1", second, detail=free), second)
        desk.batch()
    (after,) = desk.picture.units.values()
    assert isinstance(after.body, Unit)
    assert isinstance(before[0], Unit)
    assert (before[0].status, after.body.status) == ("busy", "available")


def test_that_an_object_of_a_format_without_revisions_follows_a_clock_that_is_put_right() -> None:
    desk = _Desk(_TAK)
    medevac = '<remarks>{}</remarks><_medevac_ title="M1" urgent="1"/>'
    for second in range(20):
        desk.hear("tak/x", _event("A1", second + 3600.0), second)
    desk.hear("tak/x", _event("M1", 3620.0, "b-r-f-h-c", medevac.format("first")), 20.0)
    for second in range(21, 40):
        desk.hear("tak/x", _event("A1", second), second)
    desk.hear("tak/x", _event("M1", 40.0, "b-r-f-h-c", medevac.format("second")), 40.0)
    desk.batch()
    (report,) = desk.picture.incidents.values()
    assert isinstance(report.body, Incident)
    assert report.body.summary == "second"


def test_that_a_clock_that_is_known_is_known_after_a_snapshot_too() -> None:
    first = _Desk()
    for second in range(20):
        first.place(second, second + 600.0, lat=second)
    health = first.batch().health
    second_desk = _Desk()
    second_desk.intake.resume(health)
    second_desk.place(20.0, 620.0, lat=20.0)
    assert second_desk.age_of() == pytest.approx(0.0, abs=0.1)
    assert second_desk.batch().health[0].messages == 21
    assert _voices(second_desk.batch())["a"].messages == 21


def test_that_where_most_agencies_are_off_alike_it_is_our_clock() -> None:
    desk = _Desk()
    for second in range(12):
        for agency in ("a", "b", "c", "d"):
            ahead = 600.0 if agency != "d" else 0.0
            body = Position(id="u", at=at(second + ahead), lat=35.0, lon=-80.9)
            desk.hear(f"cop/v1/{agency}/position/u", encode(body), second + 0.1)
    broker = desk.intake.batch(1, BrokerState(state="online", url="x"), [], health=True).broker
    assert broker is not None
    assert broker.clock_off_s == pytest.approx(-600.0, abs=0.5)


def test_that_when_our_own_clock_is_put_back_nobody_stands_still_for_it() -> None:
    """It was 15 min ahead for long enough to be seen in theirs."""
    desk = _Desk()
    for second in range(1000, 1200):
        desk.place(second, second - 900.0, lat=1.0)
    assert _voices(desk.batch())["a"].skew_s == pytest.approx(-900.0)
    still = 0
    for second in range(300, 400):
        desk.place(second, second, lat=2.0 + second / 100)
        still += desk.lat_of() != pytest.approx(2.0 + second / 100)
    assert still <= 7
    assert desk.age_of() == pytest.approx(0.0, abs=0.5)
    assert not _voices(desk.batch())["a"].corrected


def test_that_when_our_own_clock_is_put_back_the_words_of_units_are_heard_all_the_same() -> None:
    """By an hour; their agency does not count its words."""

    def status(word: str, said: float, heard: float) -> None:
        body = Unit(id="u1", at=at(said), status=word)
        desk.hear("cop/v1/a/unit/u1", encode(body), heard)
        desk.batch()

    desk = _Desk()
    status("available", 60.0, 60.1)
    status("en_route", 75.0, 75.1 - 3600.0)
    for second in range(80, 100):
        desk.place(second - 3600.0, second - 0.1)
    status("on_scene", 100.0, 100.1 - 3600.0)
    (known,) = desk.picture.units.values()
    assert isinstance(known.body, Unit)
    assert known.body.status == "on_scene"
    status("en_route", 75.0, 101.0 - 3600.0)  # late: what came since is later by our clock of now
    assert desk.picture.units["a", "u1"].body == known.body


def test_that_a_message_without_a_time_tells_nothing_of_a_clock() -> None:
    desk = _Desk()
    for second in range(20):
        desk.hear("cop/v1/a/position/u1", b"", float(second))
    assert _voices(desk.batch())["a"].skew_s is None


def test_that_what_waits_for_a_clock_is_bounded_and_what_finds_no_room_is_refused_with_its_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cop.feeds.waiting_room._PLACES", 10)
    desk = _Desk()
    for number in range(30):
        desk.place(0.0, 1000.0, f"u{number}", retained=True)
    assert desk.batch().health[0].bad == 20
    desk.now += 700.0
    assert desk.batch().health[0].bad == 30


@pytest.mark.parametrize(("ours_s", "theirs_s"), [(0.0, 40.0), (40.0, 0.0)])
def test_that_of_two_words_of_one_count_the_same_stands_at_every_desk_whatever_clocks_it_measured(
    ours_s: float, theirs_s: float
) -> None:
    """Ann and Bob did not hear each other; one desk reads Bob's times 40 s less, the other Ann's."""
    ann = msgspec.structs.replace(report("a", incident("i1", rev=2, by="Ann", seconds=30)), corrected_s=ours_s)
    bob = msgspec.structs.replace(report("a", incident("i1", rev=2, by="Bob", seconds=40)), corrected_s=theirs_s)
    assert is_newer_report(bob, ann)
    assert not is_newer_report(ann, bob)


def test_that_a_later_word_with_a_lower_count_of_our_own_agency_is_told_to_the_desk_which_says_again_what_stands() -> (
    None
):
    for reader, told in (("a", 2), ("b", 1)):
        desk = _Desk(reader=reader)
        desk.hear("cop/v1/a/incident/i1", encode(incident("i1", rev=3)), 1.0)
        desk.hear("cop/v1/a/incident/i1", encode(incident("i1", rev=2, seconds=2.0)), 3.0)
        batch = desk.batch()
        assert len(batch.reports) == told
        assert batch.health[0].bad == 1
        (known,) = desk.picture.incidents.values()
        assert known.body.rev == 3


@pytest.mark.parametrize("delay_s", [45.0, 300.0, 1800.0, 3600.0])
def test_that_what_is_delayed_evenly_is_shown_as_old_as_it_is(delay_s: float) -> None:
    desk = _Desk()
    for second in range(150):
        desk.place(second, second - delay_s, lat=second / 10)
    assert desk.lat_of() == 14.9
    assert desk.age_of() == pytest.approx(delay_s)
    voice = _voices(desk.batch())["a"]
    assert (voice.skew_s, voice.corrected) == (pytest.approx(-delay_s), False)


def test_that_a_unit_whose_clock_is_set_back_by_an_hour_while_it_is_heard_moves_on() -> None:
    desk = _Desk()
    for second in range(60):
        desk.place(second, second - 0.1, lat=second / 10)
    for second in range(60, 120):
        desk.place(second, second - 3600.1, lat=second / 10)
    assert desk.lat_of() == 11.9
    assert desk.age_of() == pytest.approx(0.0, abs=0.5)


def test_that_where_the_clock_of_an_agencys_units_is_behind_a_desk_of_it_whose_clock_is_right_is_heard() -> None:
    desk = _Desk()
    for second in range(60):
        desk.place(second, second - 0.1)
    for second in range(60, 120):
        desk.place(second, second - 3600.1)
    assert _voices(desk.batch())["a"].corrected
    desk.hear("cop/v1/a/incident/i1", encode(incident("i1", seconds=120.0)), 120.2)
    desk.place(120.3, 120.3 - 1800.0, "late", lat=1.0)
    assert desk.age_of("late") == pytest.approx(1800.0)
    (known,) = desk.picture.incidents.values()
    assert known.reported_at == at(120.0)
    assert desk.batch().health[0].bad == 0


@pytest.mark.parametrize(("ahead_s", "retained"), [(3600.0, False), (3600.0, True), (60.0, True)])
def test_that_a_word_from_a_clock_nobody_can_measure_yet_is_not_kept_from_anybody(
    ahead_s: float, retained: bool
) -> None:
    """An agency that has said nothing before, or another desk of one whose clock is right."""
    for known in (False, True):
        desk = _Desk()
        for second in range(0, 20 if known else 0):
            desk.place(second, second - 0.1)
        word = incident("i1", seconds=20.0 + ahead_s)
        desk.hear("cop/v1/a/incident/i1", encode(word), 20.0, retained=retained)
        desk.now += 12.0
        desk.batch()
        (said,) = desk.picture.incidents.values()
        assert said.body == word
        assert said.reported_at == at(20.0)  # as it was heard: no later word is outdone by it
