"""GTFS Realtime over several messages, and texts that are no UTF-8."""

from typing import Any

import pytest
from google.transit import gtfs_realtime_pb2 as gtfs

from cop.domain.area import Alert
from cop.domain.report import Report, Retraction
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import gtfs_rt
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.message import BadMessage, Message

from .payloads import RECEIVED_AT, adapter_of

NOW = int(RECEIVED_AT.timestamp()) - 60


def feed(after_s: int = 0, *, differential: bool = False) -> Any:
    """An empty feed message."""
    message = gtfs.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    message.header.timestamp = NOW + after_s
    message.header.incrementality = int(differential)
    return message


def with_vehicle(message: Any, entity: str = "e1", vehicle: str = "2018", **fields: Any) -> Any:
    one = message.entity.add()
    one.id = entity
    one.vehicle.vehicle.id = vehicle
    one.vehicle.position.latitude = fields.get("lat", 35.2271)
    one.vehicle.position.longitude = -80.8431
    one.vehicle.trip.trip_id = fields.get("trip", "t-77")
    return message


def with_alert(message: Any, entity: str = "a1", text: str = "Detour") -> Any:
    one = message.entity.add()
    one.id = entity
    translation = one.alert.header_text.translation.add()
    translation.text = text
    return message


def with_deleted(message: Any, entity: str) -> Any:
    one = message.entity.add()
    one.id = entity
    one.is_deleted = True
    return message


def said(adapter: Adapter, message: Any, topic: str = "cats/gtfs") -> list[Report]:
    payload = message if isinstance(message, bytes) else message.SerializeToString()
    return adapter.decode(Message(topic, payload, RECEIVED_AT))


def kinds(reports: list[Report]) -> list[tuple[str, str]]:
    return [(type(report.body).__name__, report.body.id) for report in reports]


def test_that_a_vehicle_is_said_once_a_trip_and_its_position_every_time() -> None:
    adapter = adapter_of("gtfs-rt")
    assert kinds(said(adapter, with_vehicle(feed(0)))) == [("Unit", "2018"), ("Position", "2018")]
    assert kinds(said(adapter, with_vehicle(feed(10)))) == [("Position", "2018")]
    assert kinds(said(adapter, with_vehicle(feed(20), trip="t-78"))) == [("Unit", "2018"), ("Position", "2018")]


def test_that_a_deleted_entity_takes_back_the_vehicle_that_it_was() -> None:
    adapter = adapter_of("gtfs-rt")
    said(adapter, with_vehicle(feed(0, differential=True)))
    (gone,) = said(adapter, with_deleted(feed(10, differential=True), "e1"))
    assert isinstance(gone.body, Retraction)
    assert (gone.body.kind, gone.body.id) == ("unit", "2018")
    assert said(adapter, with_deleted(feed(20, differential=True), "e1")) == []
    assert ("Unit", "2018") in kinds(said(adapter, with_vehicle(feed(30, differential=True))))


def test_that_an_alert_is_said_when_it_changes() -> None:
    adapter = adapter_of("gtfs-rt")
    assert kinds(said(adapter, with_alert(feed(0)))) == [("Alert", "a1")]
    assert said(adapter, with_alert(feed(30))) == []
    (changed,) = said(adapter, with_alert(feed(60), text="Longer detour"))
    assert isinstance(changed.body, Alert)
    assert changed.body.headline == "Longer detour"


def test_that_an_alert_which_a_full_data_set_no_longer_has_is_taken_back() -> None:
    adapter = adapter_of("gtfs-rt")
    said(adapter, with_alert(with_alert(feed(0)), "a2"))
    (gone,) = said(adapter, with_alert(feed(30), "a2"))
    assert isinstance(gone.body, Retraction)
    assert (gone.body.kind, gone.body.id) == ("alert", "a1")
    (gone,) = said(adapter, feed(60))
    assert gone.body.id == "a2"
    assert said(adapter, feed(90)) == []


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(with_vehicle(feed(30)), id="vehicles"),
        pytest.param(feed(-30), id="older"),
        pytest.param(feed(30, differential=True), id="differential"),
    ],
)
def test_that_what_is_no_later_full_set_of_alerts_ends_none(second: Any) -> None:
    adapter = adapter_of("gtfs-rt")
    said(adapter, with_alert(feed(0)))
    assert not [report for report in said(adapter, second) if isinstance(report.body, Retraction)]


def test_that_alerts_of_another_topic_end_none() -> None:
    adapter = adapter_of("gtfs-rt")
    said(adapter, with_alert(feed(0)), topic="cats/gtfs/alerts")
    assert said(adapter, feed(30), topic="cats/gtfs/vehicles") == []


def test_that_a_bad_entity_ends_no_alert() -> None:
    adapter = adapter_of("gtfs-rt")
    said(adapter, with_alert(feed(0)))
    with pytest.raises(BadMessage) as caught:
        said(adapter, with_alert(feed(30), ""))
    assert caught.value.reports == []


@pytest.mark.parametrize("text", [b"e1e1", b"2018", b"t-77"])
def test_that_a_text_which_is_no_utf_8_is_read_as_far_as_it_is(text: bytes) -> None:
    payload = with_vehicle(feed(0), entity="e1e1").SerializeToString().replace(text, b"\xff\xed\xa0\x80")
    reports = said(adapter_of("gtfs-rt"), payload)
    assert [type(report.body) for report in reports] == [Unit, Position]
    assert all(report.body.id.encode() for report in reports)


def test_that_vehicles_beyond_the_limit_are_refused_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    message = feed(0)
    for number in range(4_001):
        with_vehicle(message, str(number), str(number))
    with pytest.raises(BadMessage, match="more than 4,000") as caught:
        said(adapter_of("gtfs-rt"), message)
    assert len(caught.value.reports) == 8_000


def test_that_alerts_beyond_their_limit_are_refused_and_end_none_and_hide_no_vehicle() -> None:
    adapter, message = adapter_of("gtfs-rt"), feed(0)
    said(adapter, with_alert(feed(-30), "old"))
    for number in range(1_201):
        with_alert(message, str(number))
    with pytest.raises(BadMessage, match="more than 1,200 alerts") as caught:
        said(adapter, with_vehicle(message))
    assert len(caught.value.reports) == 1_202
    assert not any(isinstance(report.body, Retraction) for report in caught.value.reports)


def test_that_entities_and_topics_without_end_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gtfs_rt, "_ENTITIES_REMEMBERED", 20)
    monkeypatch.setattr(gtfs_rt, "_TOPICS_REMEMBERED", 20)
    adapter = adapter_of("gtfs-rt")
    for number in range(100):
        said(adapter, with_alert(feed(0), str(number)), topic=f"t/{number}")
    assert isinstance(adapter, gtfs_rt.GtfsRt)
    assert len(adapter._entities) <= 20
    assert len(adapter._alerts) <= 20
