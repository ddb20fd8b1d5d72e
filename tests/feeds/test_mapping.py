"""Mappings: what is wrong with one is said at the start; the examples, and that of the docs, are what they say."""

import json
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from cop.config import ConfigError, load
from cop.domain.report import kind_of
from cop.domain.unit import Position
from cop.domain.words import (
    ANSWER_STATES,
    AVAILABILITIES,
    INCIDENT_STATUSES,
    INCIDENT_TYPES,
    UNIT_KINDS,
    UNIT_STATUSES,
)
from cop.feeds.adapters import make_adapter
from cop.feeds.adapters.mapped_fields import FIELDS
from cop.feeds.adapters.mapped_paths import Reader, Seen, objects_at, steps_of
from cop.feeds.adapters.mapped_values import PLACE_FORMS, TIME_FORMS, UNITS, angle, moment, place
from cop.feeds.message import Feed, Message
from cop.feeds.trial import trial

from .payloads import RECEIVED_AT, adapter_of

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "resources" / "mappings" / "examples"
PAGE = (ROOT / "docs" / "mapping.md").read_text("utf-8")
UNIT = {"report": "unit", "fields": {"id": "id", "at": "at"}}


def feed_of_toml(text: str) -> Feed:
    (fields,) = tomllib.loads(text)["feed"]
    return msgspec.convert(fields, Feed)


def one_of(found: list[str]) -> str:
    assert len(found) == 1
    return found[0]


def block(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n```\w*\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_that_the_worked_example_gives_what_the_page_shows() -> None:
    tried = trial(feed_of_toml(block("feed")), "cad/county/events", block("message").encode())
    assert tried.text() + "\n" == block("trial")


def test_that_the_page_names_every_field_unit_and_form() -> None:
    for report, fields in FIELDS.items():
        if report == "position":
            continue
        row = one_of(re.findall(rf"^\| `{report}` \| (.*) \|$", PAGE, re.MULTILINE))
        special = {"id", "at", "by", "exercise", "deleted"} | ({"lat", "lon", "place"} if "a place" in row else set())
        assert set(re.findall(r"`(\w+)`", row)) - special == set(fields) - special
    for word in (*TIME_FORMS, *PLACE_FORMS, *(unit for units in UNITS.values() for unit in units)):
        assert f"`{word}`" in PAGE


def test_that_the_page_names_every_word_of_ours() -> None:
    tables = {
        "unit_kinds": UNIT_KINDS,
        "unit_statuses": UNIT_STATUSES,
        "incident_types": INCIDENT_TYPES,
        "incident_statuses": INCIDENT_STATUSES,
        "availabilities": AVAILABILITIES,
        "answer_states": ANSWER_STATES,
    }
    for table, words in tables.items():
        row = one_of(re.findall(rf"^\| `{table}` \| (.*) \|$", PAGE, re.MULTILINE))
        assert set(re.findall(r"`(\w+)`", row)) == set(words), table


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_that_an_example_reads_the_message_beside_it(example: Path, tmp_path: Path) -> None:
    (message,) = (path for path in EXAMPLES.glob(f"{example.stem}.*") if path != example)
    feed = feed_of_toml(example.read_text("utf-8"))
    (tmp_path / "cop.toml").write_text(example.read_text("utf-8"))
    load(tmp_path / "cop.toml")
    topic = feed.topic.replace("#", "x").replace("+", "1174")
    tried = trial(feed, topic, message.read_bytes())
    assert tried.refused == ""
    assert tried.reports
    assert "no word of ours" not in tried.text()
    if example.stem == "cad-events":
        kinds = [kind_of(report.body) for report in tried.reports]
        assert kinds == ["incident", "unit", "unit", "task", "task"]
    if example.stem == "vehicle-positions":
        (position,) = (report.body for report in tried.reports if isinstance(report.body, Position))
        assert (position.id, position.lat, position.course_deg) == ("1174", 35.2271, None)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "options.report: says which kind of report"),
        ({"report": "units"}, "did you mean unit"),
        ({"report": "unit", "fields": {"id": "id", "latt": "y"}}, "fields.latt.*did you mean lat"),
        ({"report": "unit", "fields": {"callsign": "cs"}}, "unit needs `id`"),
        ({"report": "log", "fields": {"id": "id"}}, "log needs `text`"),
        ({"report": "unit", "fields": {"id": "id", "lat": "y"}}, "`lat` and `lon` are needed together"),
        ({**UNIT, "fields": {"id": "a..b"}}, "fields.id.*a dot too many"),
        ({**UNIT, "fields": {"id": "a[x]"}}, "fields.id.*is no path"),
        ({**UNIT, "fields": {"id": "{a"}}, "fields.id.*brace"),
        ({**UNIT, "fields": {"id": "a | "}}, "fields.id.*empty path"),
        ({**UNIT, "each": "events["}, "options.each"),
        ({**UNIT, "units": {"speed_mps": "mach"}}, "units.speed_mps.*'mach' is no unit.*mph"),
        ({**UNIT, "fields": {"id": "i", "speed_mps": "v"}, "units": {"speed_mps": "kph"}}, "units.speed_mps.*'kph'"),
        ({**UNIT, "units": {"callsign": "m"}}, "units.callsign: is no figure"),
        ({**UNIT, "times": {"at": "iso8601"}}, "times.at.*no form of times"),
        ({**UNIT, "times": {"at": "%H:%M"}}, "times.at.*holds no whole date"),
        ({**UNIT, "times": {"at": "%Q"}}, "times.at"),
        ({**UNIT, "times": {"status": "iso"}}, "times.status: is no time"),
        ({**UNIT, "unknown": {"latt": [0]}}, "unknown.latt.*did you mean lat"),
        ({**UNIT, "constants": {"crew": "four"}}, "constants.crew: 'four' is none"),
        ({**UNIT, "constants": {"deleted": True}}, "would delete everything"),
        ({**UNIT, "bounds": [36, -81, 35, -80]}, "bounds"),
        ({**UNIT, "feilds": {}}, "feilds"),
        ({**UNIT, "reports": [UNIT]}, "stands beside options.reports"),
        ({"reports": [UNIT, {"report": "unit", "fields": {}}]}, r"options.reports\[1\].fields"),
    ],
)
def test_that_a_mistake_is_said_at_the_start_with_feed_and_key(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=f"payloads.*{said}"):
        adapter_of("json", options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({**UNIT, "each": "rows"}, "each"),
        ({**UNIT, "delimiter": ";;"}, "delimiter"),
        ({**UNIT, "encoding": "utf-7"}, "encoding.*'utf-7' is not read"),
        ({**UNIT, "columns": ["id", "when"]}, "fields.at: no column 'at'; there are: id, when"),
    ],
)
def test_that_a_mistake_about_a_table_is_said_at_the_start(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=f"payloads.*{said}"):
        adapter_of("csv", options)


def test_that_a_wrong_mapping_is_an_error_of_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "cop.toml"
    file.write_text(block("feed").replace('lat = "location.y"', 'latt = "location.y"'))
    with pytest.raises(ConfigError, match=r"county CAD.*latt.*did you mean lat"):
        load(file)


def test_that_a_word_for_a_table_that_is_not_there_is_said() -> None:
    with pytest.raises(ValueError, match="unit_status"):
        adapter_of("json", UNIT, words={"unit_status": {"AV": "available"}})


MESSAGE = {"a": {"b": [{"c": 1, "d.e": 2}, {"c": 3}]}, "t": "x", "by name": {"N1": {"v": 5}}, "empty": ""}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("t", "x"),
        ("a.b[0].c", 1),
        ("a.b[-1].c", 3),
        ("a.b[].c", [1, 3]),
        ('a.b[0]."d.e"', 2),
        ("by name.N1.v", 5),
        ("by name.*.v", [5]),
        ("nothing | empty | t", "x"),
        ("{t}-{a.b[0].c}", "x-1"),
        ("{nothing}{empty}", None),
        ("topic:2", "two"),
        ("topic:-1", "three"),
        ("topic:9", None),
        ("a.b.c", None),
        ("a.b[7].c", None),
        ("t.u", None),
        ("$.t", "x"),
        ("^.t", None),
    ],
)
def test_that_a_path_finds_what_it_names(path: str, value: object) -> None:
    reader = Reader(path)
    seen = Seen(MESSAGE, (), (), "", ["one", "two", "three"])
    assert reader.read(seen) == value
    assert (reader.found(seen) == []) == (value is None)


def test_that_objects_know_what_stands_around_them_and_their_own_name() -> None:
    message = {"events": [{"no": 1, "crews": {"E8": {"st": "AV"}, "E9": {"st": "ER"}}}, {"no": 2}, 7]}
    found = [
        (Reader("@key").read(seen), Reader("^.no").read(seen), Reader("st").read(seen))
        for seen in objects_at(message, steps_of("events[].crews.*"), [])
    ]
    assert found == [("E8", 1, "AV"), ("E9", 1, "ER")]


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("05/04/2026 07:58:30", "%m/%d/%Y %H:%M:%S", "11:58:30"),
        ("2026-05-04T07:58:30", "auto", "11:58:30"),
        ("2026-05-04T11:58:30Z", "iso", "11:58:30"),
        (1777895910, "auto", "11:58:30"),
        ("1777895910", "auto", "11:58:30"),
        (1777895910000, "auto", "11:58:30"),
        (1777895910000000, "auto", "11:58:30"),
        (1777895910.5, "epoch_s", "11:58:30"),
        ("yesterday", "auto", None),
        (1777895910, "iso", None),
        (True, "auto", None),
        (20260504, "auto", None),
        ("9" * 5000, "%Y", None),
        (1e308, "epoch_s", None),
    ],
)
def test_that_a_time_is_read_in_its_form_and_in_no_other(text: object, form: str, expected: str | None) -> None:
    at = moment(text, form, ZoneInfo("America/New_York"))
    assert (at.strftime("%H:%M:%S") if at else None) == expected
    assert at is None or (at.date() == datetime(2026, 5, 4, tzinfo=UTC).date() and at.tzinfo is UTC)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (35.2271, "deg", 35.2271),
        ("35.2271", "deg", 35.2271),
        ("35° 13' 37.56\" N", "deg", 35.2271),
        ("S 35 13.626", "deg", -35.2271),
        ("-35:13:37.56", "deg", -35.2271),
        (3513.626, "ddmm.mmmm", 35.2271),
        (352271000, "1e-7 deg", 35.2271),
        ("35 75", "deg", None),
        ("35 W", "deg", None),
        ("-35 S", "deg", None),
        ("", "deg", None),
        ("N", "deg", None),
        (True, "deg", None),
        ([35], "deg", None),
    ],
)
def test_that_a_latitude_is_read_however_it_is_written(value: object, unit: str, expected: float | None) -> None:
    found = angle(value, unit, "lat")
    assert found == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        ([-80.8, 35.2], "", (35.2, -80.8)),
        ([35.2, -80.8], "lat,lon", (35.2, -80.8)),
        ({"type": "Point", "coordinates": [-80.8, 35.2, 200]}, "", (35.2, -80.8)),
        ("POINT(-80.8 35.2)", "", (35.2, -80.8)),
        ("(35.2; -80.8)", "lat,lon", (35.2, -80.8)),
        ("-80.8 35.2", "lon,lat", (35.2, -80.8)),
        ("35.2,-80.8", "", None),
        ({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, "", None),
        ([None, 35.2], "", None),
        ("17SNU", "mgrs", None),
        ("POINT(a b)", "", None),
    ],
)
def test_that_a_place_is_read_in_its_form(value: object, form: str, expected: tuple[float, float] | None) -> None:
    found = place(value, form)
    assert (None if found is None else (found.lat, found.lon)) == expected


def test_that_a_square_of_the_grid_is_its_middle() -> None:
    metre, hundred = place("17SNU1427598235", "mgrs"), place("17S NU 142 982", "mgrs")
    assert metre is not None
    assert hundred is not None
    assert abs(metre.lat - hundred.lat) * 111_195 < 50
    assert metre.accuracy_m is None
    assert hundred.accuracy_m == pytest.approx(70.7, abs=0.1)


def test_that_a_place_that_cannot_be_read_is_counted_each_time_and_not_only_when_the_unit_is_news() -> None:
    adapter = make_adapter(
        Feed(
            name="f",
            format="json",
            topic="#",
            agency="a",
            options={"report": "unit", "fields": {"id": "id", "at": "t", "place": "p"}},
        )
    )
    for second in ("01", "02"):
        payload = json.dumps({"id": "E8", "t": f"2026-05-04T11:59:{second}Z", "p": "35.2,-80.8"}).encode()
        with pytest.raises(Exception, match="a place that the mapping cannot read"):
            adapter.decode(Message("x", payload, RECEIVED_AT))


@pytest.mark.parametrize("word", ["Exercise", "DRILL", "test", "training", "on", "yes", 1, True])
def test_that_a_word_for_a_drill_is_one(word: object) -> None:
    options = {"report": "alert", "fields": {"id": "id", "at": "t", "event": "e", "exercise": "mode"}}
    for mode, drill in ((word, True), ("live", False), ("off", False), ("", False)):
        fields = {"id": "1", "t": "2026-05-04T11:59:01Z", "e": "Siren", "mode": mode}
        (report,) = adapter_of("json", options).decode(Message("", json.dumps(fields).encode(), RECEIVED_AT))
        assert report.exercise is drill
