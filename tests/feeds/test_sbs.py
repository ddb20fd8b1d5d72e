"""SBS-1 BaseStation over several lines: what holds of one line for the next, and for how long."""

from datetime import UTC, datetime, timedelta

import pytest

from cop.domain.report import Report
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import format_of, sbs
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.message import BadMessage, Message

from .payloads import RECEIVED_AT, adapter_of

PLACE = {"alt": "2125", "lat": "35.2201", "lon": "-80.8397"}


def line(kind: int, second: float = 0.0, address: str = "A7F3C1", **said: str) -> bytes:
    """A line of so many seconds before the time of receipt."""
    time = (RECEIVED_AT + timedelta(seconds=second - 60)).strftime("%Y/%m/%d,%H:%M:%S.%f")[:-3]
    names = ("callsign", "alt", "gs", "track", "lat", "lon", "rate", "squawk", "alert", "emergency", "spi", "ground")
    return f"MSG,{kind},1,1,{address},1,{time},{time},{','.join(said.get(name, '') for name in names)}".encode()


def decode(adapter: Adapter, *lines: bytes) -> list[Report]:
    """Everything that comes out."""
    return [report for one in lines for report in adapter.decode(Message("sbs/clt", one, RECEIVED_AT))]


def positions(reports: list[Report]) -> list[Position]:
    """Every position."""
    return [report.body for report in reports if isinstance(report.body, Position)]


def states(reports: list[Report]) -> list[tuple[str, str]]:
    """Callsign and status of every unit."""
    return [(report.body.callsign, report.body.status) for report in reports if isinstance(report.body, Unit)]


def test_that_lines_of_one_aircraft_in_many_messages_are_put_together() -> None:
    adapter = adapter_of("sbs")
    assert states(decode(adapter, line(8), line(1, 1, callsign="MEDEVAC1"))) == [
        ("a7f3c1", "unknown"),
        ("MEDEVAC1", "unknown"),
    ]
    (position,) = decode(adapter, line(4, 2, gs="100", track="90"), line(3, 3, **PLACE))
    assert (position.body.speed_mps, position.body.course_deg) == (pytest.approx(51.444, abs=0.001), 90.0)


def test_that_aircraft_are_kept_apart() -> None:
    adapter = adapter_of("sbs")
    found = decode(adapter, line(4, gs="100", track="90"), line(3, 1, address="A00001", **PLACE))
    assert positions(found)[0].speed_mps is None


def test_that_a_velocity_holds_ten_seconds() -> None:
    adapter = adapter_of("sbs")
    found = decode(adapter, line(4, gs="100", track="90"), line(3, 10, **PLACE), line(3, 11, **PLACE))
    assert [position.course_deg for position in positions(found)] == [90.0, None]


def test_that_an_older_line_takes_no_newer_velocity_back() -> None:
    adapter = adapter_of("sbs")
    found = decode(adapter, line(4, 5, gs="100", track="90"), line(4, 4, gs="90", track="80"), line(3, 6, **PLACE))
    assert positions(found)[0].course_deg == 90.0


def test_that_an_emergency_lasts_until_another_squawk_comes() -> None:
    adapter = adapter_of("sbs")
    emergency = [line(6, 0, squawk="7500"), line(3, 1, emergency="0", **PLACE), line(5, 2, alt="2000", emergency="0")]
    assert states(decode(adapter, *emergency)) == [("a7f3c1", "emergency")]
    assert states(decode(adapter, line(6, 3, squawk="1200", emergency="0"))) == [("a7f3c1", "unknown")]


def test_that_a_late_line_does_not_renew_a_call_for_help_that_is_over() -> None:
    adapter = adapter_of("sbs")
    decode(adapter, line(6, 1, squawk="1200", emergency="-1"), line(6, 5, squawk="1200", emergency="0"))
    assert states(decode(adapter, line(6, 2, emergency="-1"), line(8, 6))) == []


def test_that_a_call_for_help_is_heard_from_a_clock_that_is_ahead() -> None:
    with pytest.raises(BadMessage, match="ahead") as bad:
        decode(adapter_of("sbs"), line(6, 7200, squawk="7700"))
    assert states(list(bad.value.reports)) == [("a7f3c1", "emergency")]
    assert bad.value.reports[0].reported_at == RECEIVED_AT


def test_that_a_clock_ahead_of_ours_teaches_nothing() -> None:
    adapter = adapter_of("sbs")
    with pytest.raises(BadMessage, match="ahead"):
        decode(adapter, line(1, 7200, callsign="TOMORROW"))
    assert states(decode(adapter, line(8))) == [("a7f3c1", "unknown")]


def test_that_aircraft_without_end_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbs, "_AIRCRAFT_REMEMBERED", 20)
    adapter = adapter_of("sbs")
    decode(adapter, *(line(8, address=f"{number:06X}") for number in range(100)))
    assert len(adapter._aircraft) == 20  # type: ignore[attr-defined]


def test_that_a_recording_is_cut_into_lines_with_their_local_times() -> None:
    recording = line(8) + b"\r\n\r\n" + line(3, 1, **PLACE) + b"\r\nMSG,8,,,A7F3C1,,,,,,,,,,,,,,,,,\r\n"
    assert [one.at for one in format_of("sbs").split(recording)] == [
        datetime(2026, 5, 4, 11, 59),  # noqa: DTZ001 - the recorder's local time, without a zone
        datetime(2026, 5, 4, 11, 59, 1),  # noqa: DTZ001 - as above
        None,
    ]
    assert RECEIVED_AT.tzinfo is UTC
