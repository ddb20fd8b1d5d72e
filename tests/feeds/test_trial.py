"""`cop feed try`: what a message's fields become."""

import pytest

from cop.feeds.trial import Line, trial

from .payloads import Case, cases, feed_of

CASES = [case for case in cases() if len(case.payload) < 20_000]
MAPPING = {
    "report": "unit",
    "each": "units[]",
    "when": {"kind": "avl"},
    "ignore": ["driver"],
    "fields": {"id": "id", "at": "t", "status": "st", "speed_mps": "v", "callsign": "topic:2", "crew": "persons"},
    "unknown": {"speed_mps": [-1]},
}
MESSAGE = (
    b'{"units":[{"kind":"avl","id":"E8","t":"2026-05-04T11:59:00Z","st":"XX","v":-1,"driver":"J","volt":13},'
    b'{"kind":"ping"}]}'
)


def test_that_each_field_is_shown_with_what_becomes_of_it() -> None:
    tried = trial(feed_of("json", MAPPING), "avl/engine8", MESSAGE)
    assert tried.lines == [
        Line("units[0].kind", "avl", "unit.when: holds"),
        Line("units[0].id", "E8", "unit.id = E8"),
        Line("units[0].t", "2026-05-04T11:59:00Z", "unit.at = 2026-05-04T11:59:00+00:00"),
        Line("units[0].st", "XX", "unit.status = XX"),
        Line("units[0].v", "-1", "unit.speed_mps: means unknown"),
        Line("units[0].driver", "J", "ignored: as the mapping says"),
        Line("units[0].volt", "13", "nobody reads it"),
        Line("units[1].kind", "ping", "unit.when: does not hold: this object is none"),
        Line("topic:2", "engine8", "unit.callsign = engine8"),
        Line("persons", "is not in the message", "unit.crew is unknown"),
    ]
    assert len(tried.reports) == 1
    assert "no word of ours: unit status 'XX'" in tried.text()


def test_that_a_refusal_is_shown_beside_the_reports_that_came_all_the_same() -> None:
    tried = trial(feed_of("csv"), "x", b"id,t,lat,lon\nE8,2026-05-04T11:59:00Z,95,-80\n")
    assert tried.refused == "coordinates are outside the globe"
    text = tried.text()
    assert "UNIT E8" in text
    assert text.endswith("REFUSED: coordinates are outside the globe")


def test_that_of_another_format_the_values_are_found_again_in_its_reports() -> None:
    payload = b'{"_type":"location","lat":35.25,"lon":-80.75,"tst":1777895910,"tid":"E8","batt":88}'
    tried = trial(feed_of("owntracks"), "owntracks/fire/e8", payload)
    becomes = {line.path: line.becomes for line in tried.lines}
    assert becomes["lat"] == "position.lat = 35.25"
    assert becomes["tid"] == "unit.callsign = E8"
    assert becomes["batt"] == "not taken"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.format}/{case.name}")
def test_that_every_format_can_be_tried_in_120_columns(case: Case) -> None:
    tried = trial(
        case.feed, case.expected.get("topic", ""), case.payload, retained=case.expected.get("retained", False)
    )
    lines = tried.text().splitlines()
    assert lines
    assert all(len(line) <= 120 and line.isprintable() for line in lines)


def test_that_a_path_that_starts_above_the_object_is_told_from_one_that_leads_nowhere() -> None:
    mapping = {"report": "unit", "each": "units[]", "ignore": ["x"], "fields": {"id": "id", "at": "sent", "crew": "n"}}
    tried = trial(feed_of("json", mapping), "avl", b'{"sent":"2026-05-04T11:59:00Z","units":[{"id":"E8"}]}')
    assert tried.lines[2:] == [
        Line("sent", "is not in the message", "unit.at is unknown; at the top of the message it is: $.sent"),
        Line("n", "is not in the message", "unit.crew is unknown"),
    ]
    assert "\nsent is not in the message" in tried.text()


def test_that_our_words_stand_below_a_word_that_is_none_of_ours() -> None:
    tried = trial(feed_of("json", MAPPING), "avl/engine8", MESSAGE)
    assert "en_route, on_scene" in tried.text()
