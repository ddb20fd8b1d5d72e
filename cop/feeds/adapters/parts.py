"""Messages of many parts: a bad part is refused and counted, and does not take the good ones with it."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from cop.domain.report import Report
from cop.feeds.message import MAX_PAYLOAD_BYTES, BadMessage, Feed

#: of one message; what it holds beyond is refused, and that is counted and shown
PARTS_LIMIT = 4_000

Part = TypeVar("Part")


def most_of(feed: Feed, a_mebibyte: int) -> int:
    """How many parts a message of this feed may have, where its `max_bytes` allow more than the usual mebibyte."""
    return a_mebibyte * max(1, feed.max_bytes // MAX_PAYLOAD_BYTES)


def of_parts(
    parts: Iterable[Part], read: Callable[[Part], Iterable[Report]], *, limit: int = PARTS_LIMIT
) -> list[Report]:
    """The reports that `read` makes of every part, in order.

    Raises BadMessage, with the reports of the good parts, if a part is bad (the last one's reason) or there are more
    parts than `limit`.
    """
    reports: list[Report] = []
    refused = ""
    for number, part in enumerate(parts):
        if number >= limit:
            raise BadMessage(f"more than {limit:,} objects in one message", reports)
        try:
            reports += read(part)
        except BadMessage as bad:
            reports += bad.reports
            refused = bad.reason
    if refused:
        raise BadMessage(refused, reports)
    return reports


def of_readers(*readers: Callable[[], Iterable[Report]]) -> list[Report]:
    """The reports of several readers of one message, one after another: one that refuses does not silence the others.

    Raises BadMessage, with the reports of the others, as `of_parts` does.
    """
    return of_parts(readers, lambda reader: reader())
