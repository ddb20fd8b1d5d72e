"""Traccar over several messages: how long a call for help holds."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from cop.domain.unit import Unit
from cop.feeds.adapters import traccar
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.message import BadMessage, Message

from .payloads import RECEIVED_AT, adapter_of


def statuses(
    adapter: Adapter, seconds: int, alarm: str = "", received_at: datetime = RECEIVED_AT, **fields: Any
) -> list[str]:
    """The statuses that come out of a position so many seconds after the start."""
    at = (RECEIVED_AT - timedelta(hours=2) + timedelta(seconds=seconds)).isoformat()
    attributes = {"alarm": alarm} if alarm else {}
    said = {"deviceId": 7, "fixTime": at, "valid": True, "latitude": 35.2, "longitude": -80.8, "attributes": attributes}
    payload = msgspec.json.encode(said | fields)
    try:
        reports = adapter.decode(Message("traccar", payload, received_at))
    except BadMessage as bad:
        reports = list(bad.reports)
    return [report.body.status for report in reports if isinstance(report.body, Unit)]


def test_that_a_call_for_help_outlasts_the_next_positions() -> None:
    adapter = adapter_of("traccar")
    assert statuses(adapter, 0) == ["unknown"]
    assert statuses(adapter, 10, "sos") == ["emergency"]
    assert statuses(adapter, 20) == []
    assert statuses(adapter, 900) == []
    assert statuses(adapter, 911) == ["unknown"]


def test_that_a_call_that_another_process_heard_holds_from_the_next_position() -> None:
    adapter = adapter_of("traccar")
    assert isinstance(adapter, traccar.Traccar)
    adapter.recall("7", exercise=False)
    assert statuses(adapter, 100) == ["emergency"]
    assert statuses(adapter, 999) == []
    assert statuses(adapter, 1001) == ["unknown"]


def test_that_a_call_said_again_holds_from_then_on() -> None:
    adapter = adapter_of("traccar", {"emergency_lasts_s": 60.0})
    statuses(adapter, 0, "sos")
    assert statuses(adapter, 50, "sos") == []
    assert statuses(adapter, 100) == []
    assert statuses(adapter, 111) == ["unknown"]


def test_that_a_call_by_a_clock_ahead_of_ours_does_not_hold_for_ever() -> None:
    adapter = adapter_of("traccar")
    assert statuses(adapter, 20 * 365 * 86_400, "sos") == ["emergency"]  # refused further on, for its time
    assert statuses(adapter, 0) == ["emergency"]
    later = RECEIVED_AT + timedelta(hours=1)
    assert statuses(adapter, 3 * 3_600, received_at=later) == ["unknown"]


def test_that_who_calls_for_help_is_heard_though_the_place_is_none() -> None:
    adapter = adapter_of("traccar")
    assert statuses(adapter, 0, "sos", latitude=95.0) == ["emergency"]


def test_that_calls_without_end_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traccar, "_CALLS_REMEMBERED", 20)
    adapter = adapter_of("traccar")
    for number in range(200):
        assert statuses(adapter, 0, "sos", deviceId=number) == ["emergency"]
    assert isinstance(adapter, traccar.Traccar)
    assert len(adapter._calls) <= 20
