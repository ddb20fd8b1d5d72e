"""Decode recorded files, message by message: `cop decode`."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from cop.domain.flat import flat
from cop.feeds.adapters import AUTO, format_of, make_adapter, sniff_file
from cop.feeds.adapters.readings import zone_of
from cop.feeds.message import BadMessage, Feed, Message


class UnknownFormat(ValueError):  # noqa: N818 - it says what the file is, as BadMessage does
    """No format is sure of a file."""


def format_of_file(content: bytes, topic: str = "") -> str:
    """The format that is surest of a recorded file. Raises UnknownFormat."""
    found = sniff_file(content, topic)
    if found is None:
        raise UnknownFormat("no format is sure of this file: name it")
    return found


def decode_file(content: bytes, feed: Feed, *, topic: str = "") -> Iterator[dict[str, Any]]:
    """One flat object a report; `{"error": …, "message": n}` for a message that cannot be used (n counts from 1).

    Of a message of which a part is bad, the reports of the other parts come first. Raises UnknownFormat where the
    feed's format is `auto` and none is sure.
    """
    if feed.format == AUTO:
        feed = msgspec.structs.replace(feed, format=format_of_file(content, topic))
    adapter, zone = make_adapter(feed), zone_of(feed)
    for number, recorded in enumerate(format_of(feed.format).split(content), start=1):
        if len(recorded.payload) > feed.max_bytes:
            yield {"error": feed.too_large, "message": number}
            continue
        received_at = recorded.at or datetime.now(UTC)
        if received_at.tzinfo is None:
            received_at = received_at.replace(tzinfo=zone).astimezone(UTC)
        message = Message(topic or recorded.topic or "", recorded.payload, received_at)
        try:
            reports, error = adapter.decode(message), ""
        except BadMessage as bad:
            reports, error = list(bad.reports), bad.reason
        for report in reports:
            yield flat(report)
        if error:
            yield {"error": error, "message": number}
