"""Messages of many parts: a bad part is refused and counted, and does not take the good ones with it."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from cop.domain.report import Report
from cop.feeds.message import BadMessage

#: of one message; what it holds beyond is refused, and that is counted and shown
PARTS_LIMIT = 4_000

Part = TypeVar("Part")


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
