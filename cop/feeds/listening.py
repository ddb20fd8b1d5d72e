"""Hear a few messages of one feed as they come, without a desk: for `cop feed try`."""

import time
from collections.abc import Iterator

from cop.feeds.broker import Broker
from cop.feeds.message import Feed
from cop.feeds.session import Received, Session, Subscription


class NotHeard(Exception):  # noqa: N818 - what happened, as BadMessage is
    """The broker does not let us hear this feed, or cannot be reached; the text says why."""


def hear(broker: Broker, feed: Feed, *, count: int, seconds: float) -> Iterator[Received]:
    """The next messages of a feed, at most `count`, for at most `seconds`. Raises NotHeard.

    Nothing is acknowledged, so whoever else this broker keeps messages for loses none: the session is one of its own.
    """
    session = Session(broker, "", [Subscription(feed.topic, 0)], None)
    deadline = time.monotonic() + seconds
    try:
        while count > 0 and time.monotonic() < deadline:
            for one in session.service(0.1)[:count]:
                count -= 1
                yield one
            if session.state.state in {"refused", "offline"}:
                raise NotHeard(f"{session.state.url}: {session.state.reason}")
            if session.denied:
                raise NotHeard(f"the broker does not let this user hear {feed.topic}")
    finally:
        session.close()
