"""Road events over several messages: whole lists, and what they no longer hold."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cop.domain.area import Zone
from cop.domain.report import Report, Retraction
from cop.feeds.adapters import wzdx
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.message import BadMessage, Message

from .payloads import adapter_of

AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def work(number: int, **more: Any) -> dict[str, Any]:
    """A work zone in Charlotte."""
    core = {"event_type": "work-zone", "road_names": [f"NC {number}"], "update_date": "2026-05-04T11:00:00Z"}
    place = {"type": "Point", "coordinates": [-80.84, 35.22]}
    return {"type": "Feature", "id": f"w{number}", "properties": {"core_details": core}, "geometry": place, **more}


def send(adapter: Adapter, *features: Any, topic: str = "wzdx/a") -> list[Report]:
    """What comes of a feed of these features."""
    feed = {"feed_info": {"update_date": "2026-05-04T11:58:00Z"}, "type": "FeatureCollection", "features": features}
    return adapter.decode(Message(topic, json.dumps(feed).encode(), AT))


def retracted(reports: list[Report]) -> list[str]:
    """The zones that are taken back."""
    return [report.body.id for report in reports if isinstance(report.body, Retraction)]


def test_that_what_a_whole_list_no_longer_holds_is_taken_back() -> None:
    adapter = adapter_of("wzdx", {"snapshot": True})
    assert retracted(send(adapter, work(1), work(2))) == []
    reports = send(adapter, work(2), work(3))
    assert retracted(reports) == ["w1"]
    assert [report.body.at for report in reports if isinstance(report.body, Retraction)] == [
        datetime(2026, 5, 4, 11, 58, tzinfo=UTC)
    ]
    assert retracted(send(adapter)) == ["w2", "w3"]


def test_that_lists_of_other_topics_are_left_alone() -> None:
    adapter = adapter_of("wzdx", {"snapshot": True})
    send(adapter, work(1), topic="wzdx/north")
    assert retracted(send(adapter, work(2), topic="wzdx/south")) == []


def test_that_single_messages_take_nothing_back_unless_the_feed_says_so() -> None:
    adapter = adapter_of("wzdx")
    send(adapter, work(1))
    assert retracted(send(adapter, work(2))) == []


def test_that_a_list_of_which_a_part_was_refused_takes_nothing_back() -> None:
    adapter = adapter_of("wzdx", {"snapshot": True})
    send(adapter, work(1), work(2))
    with pytest.raises(BadMessage) as refused:
        send(adapter, work(2), work(1, properties=None))
    assert [type(report.body) for report in refused.value.reports] == [Zone]
    assert retracted(send(adapter, work(2))) == ["w1"]


def test_that_a_whole_list_of_road_events_takes_back_what_it_lacks() -> None:
    adapter = adapter_of("road-events", {"snapshot": True})

    def events(*numbers: int) -> bytes:
        known = {"RoadwayName": "I-77", "EventType": "roadwork", "LastUpdated": 1_777_893_000}
        return json.dumps([{"ID": number, **known} for number in numbers]).encode()

    adapter.decode(Message("roads", events(1, 2), AT))
    assert retracted(adapter.decode(Message("roads", events(2), AT))) == ["1"]


def test_that_a_feed_with_room_for_more_may_have_more_features() -> None:
    features = [work(number) for number in range(wzdx.MOST_FEATURES + 100)]
    with pytest.raises(BadMessage, match=f"more than {wzdx.MOST_FEATURES:,} objects"):
        send(adapter_of("wzdx"), *features)
    assert len(send(adapter_of("wzdx", max_bytes=2 << 20), *features)) == len(features)
