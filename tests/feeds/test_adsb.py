"""ADS-B over several messages, and JSON that is written in unusual ways."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cop.domain.report import Report
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import adsb, format_of
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.message import BadMessage, Message

from .payloads import RECEIVED_AT, adapter_of

NOW = 1777895990.5


def aircraft(**said: Any) -> dict[str, Any]:
    """One aircraft over Charlotte."""
    return {"hex": "a7f3c1", "flight": "MEDEVAC1", "lat": 35.22, "lon": -80.84, "seen_pos": 1.0, "seen": 0.5, **said}


def decode(adapter: Adapter, *messages: Any) -> list[Report]:
    """Everything that comes out."""
    payloads = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in messages]
    return [report for one in payloads for report in adapter.decode(Message("adsb/clt", one, RECEIVED_AT))]


def states(reports: list[Report]) -> list[tuple[str, str]]:
    """Callsign and status of every unit."""
    return [(report.body.callsign, report.body.status) for report in reports if isinstance(report.body, Unit)]


def test_that_an_aircraft_is_said_once_and_its_positions_every_time() -> None:
    found = decode(adapter_of("adsb"), *({"now": NOW + second, **aircraft()} for second in range(5)))
    assert states(found) == [("MEDEVAC1", "unknown")]
    assert sum(isinstance(report.body, Position) for report in found) == 5


def test_that_an_emergency_begins_and_ends_with_its_squawk() -> None:
    adapter = adapter_of("adsb")
    found = decode(
        adapter, *({"now": NOW + at, **aircraft(squawk=code)} for at, code in enumerate(("1200", "7500", "1200")))
    )
    assert states(found) == [("MEDEVAC1", "unknown"), ("MEDEVAC1", "emergency"), ("MEDEVAC1", "unknown")]


def test_that_an_emergency_is_heard_whatever_its_place() -> None:
    with pytest.raises(BadMessage, match="globe") as bad:
        decode(adapter_of("adsb"), {"now": NOW, **aircraft(squawk="7700", lat=95.0)})
    assert states(list(bad.value.reports)) == [("MEDEVAC1", "emergency")]


def test_that_words_of_the_feed_take_an_emergency_away() -> None:
    adapter = adapter_of("adsb", words={"squawks": {"7600": "unknown"}})
    assert states(decode(adapter, {"now": NOW, **aircraft(squawk="7600")})) == [("MEDEVAC1", "unknown")]


@pytest.mark.parametrize(
    "written",
    [
        {"now": NOW, "aircraft": [aircraft()]},
        {"ac": [aircraft()], "now": NOW * 1000},
        {"now": NOW, **aircraft(desc="x" * 3000)},
        [{"now": NOW, **aircraft()}],
        b'{ "now" : 1777895990.5,\n  "aircraft" : [\n%s\n] }' % json.dumps(aircraft()).encode(),
        {"now": str(NOW), "aircraft": [aircraft(lat="35.22", lon="-80.84", seen_pos="1")]},
    ],
)
def test_that_an_aircraft_is_the_same_in_every_writing(written: Any) -> None:
    (_, position) = decode(adapter_of("adsb"), written)
    assert (position.body.id, position.body.lat, position.body.lon) == ("a7f3c1", 35.22, -80.84)
    assert position.body.at == datetime(2026, 5, 4, 11, 59, 49, 500_000, UTC)


@pytest.mark.parametrize("now", ["soon", [], {"a": 1}])
def test_that_a_time_which_is_none_is_refused_and_does_not_pass_for_now(now: Any) -> None:
    for written in ({"now": now, **aircraft()}, {"now": now, "aircraft": [aircraft()]}):
        with pytest.raises(BadMessage):
            decode(adapter_of("adsb"), written)


def test_that_a_list_without_aircraft_gives_nothing() -> None:
    assert decode(adapter_of("adsb"), {"ac": None, "msg": "No error", "now": NOW}, {"now": NOW, "aircraft": []}) == []


def test_that_aircraft_without_end_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adsb, "_SAYINGS_REMEMBERED", 20)
    adapter = adapter_of("adsb")
    decode(adapter, {"now": NOW, "aircraft": [aircraft(hex=f"{number:06x}") for number in range(100)]})
    assert len(adapter._known) <= 20  # type: ignore[attr-defined]


def test_that_lines_of_a_recording_were_received_when_they_were_made() -> None:
    recording = b"\n".join(json.dumps({"now": NOW + second, **aircraft()}).encode() for second in range(2))
    assert [one.at.timestamp() for one in format_of("adsb").split(recording) if one.at] == [NOW, NOW + 1]
