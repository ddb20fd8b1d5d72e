"""What positions say beside our words goes on to the desktop: when it changes, the newest, bounded."""

from datetime import UTC, datetime, timedelta

from cop.domain.report import Report, Source
from cop.domain.unit import Position
from cop.feeds import conflation
from cop.feeds.conflation import Conflation

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def put(into: Conflation, unit: str, seconds: float, losses: dict[str, str]) -> None:
    """A position of a unit, with what it said beside our words."""
    position = Position(id=unit, at=NOON + timedelta(seconds=seconds), lat=35.2, lon=-80.8)
    report = Report(
        agency="ncdot",
        body=position,
        source=Source(feed="f", format="ais"),
        received_at=NOON + timedelta(minutes=1),
        losses=losses,
    )
    into.put(report, position, position.at.timestamp())


def taken(of: Conflation) -> dict[int, dict[str, str]]:
    """What the next batch would bring, by slot."""
    return {one.slot: one.fields for one in of.take_fields()}


def test_that_fields_are_told_once_and_again_when_they_change_or_go() -> None:
    heard = Conflation()
    put(heard, "u", 0, {"rot": "3"})
    put(heard, "v", 0, {})
    assert taken(heard) == {0: {"rot": "3"}}
    put(heard, "u", 1, {"rot": "3"})
    assert taken(heard) == {}
    put(heard, "u", 2, {"rot": "4"})
    put(heard, "u", 3, {"rot": "5"})
    assert taken(heard) == {0: {"rot": "5"}}
    put(heard, "u", 4, {})
    assert taken(heard) == {0: {}}


def test_that_a_late_position_does_not_bring_its_fields_back() -> None:
    heard = Conflation()
    put(heard, "u", 9, {"rot": "3"})
    put(heard, "u", 1, {"rot": "1"})
    assert taken(heard) == {0: {"rot": "3"}}


def test_that_a_place_that_was_taken_back_before_it_came_is_not_shown() -> None:
    heard = Conflation()
    heard.take_back("ncdot", "u", NOON.timestamp() + 5)
    put(heard, "u", 3, {})
    assert heard.take() == ([], b"")
    put(heard, "u", 6, {})
    assert [one.unit for one in heard.take()[0]] == ["u"]


def test_that_of_units_nobody_knows_a_bounded_number_is_remembered() -> None:
    heard = Conflation()
    for number in range(conflation._TAKEN_BACK + 50):
        heard.take_back("ncdot", f"u{number}", 0.0)
    assert len(heard._taken_back) == conflation._TAKEN_BACK


def test_that_the_fields_of_many_units_come_in_portions_and_those_of_one_have_an_end() -> None:
    heard = Conflation()
    for number in range(250):
        put(heard, f"u{number}", 0, {"n": str(number)})
    heard.take()
    assert len(heard) == 250  # they wait, although no position does
    portions = [taken(heard) for _ in range(4)]
    assert [len(one) for one in portions] == [100, 100, 50, 0]
    put(heard, "long", 0, {f"field {number}": "x" * 200 for number in range(40)})
    (fields,) = taken(heard).values()
    assert sum(map(len, fields)) + sum(map(len, fields.values())) < conflation._FIELDS_LENGTH + 100
    assert fields["…"] == "31 more fields; the journal has them"
