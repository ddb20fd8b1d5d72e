"""What comes in: one message of one feed, and the word for one that cannot be used."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

MAX_PAYLOAD_BYTES = 1 << 20


class BadMessage(Exception):  # noqa: N818 - it is the message that is bad, no error of ours: the feed goes on
    """A message that cannot be used; `reason` is counted, so it holds no value from the message itself."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Message(msgspec.Struct, frozen=True):
    """One MQTT message as received. `received_at` is aware UTC."""

    topic: str
    payload: bytes
    received_at: datetime
    retained: bool = False


class Feed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[feed]]` of `cop.toml`: whose messages, in which format, below which topic filter.

    `agency` may be empty only where the format carries it in the topic (cop-json).
    """

    name: str
    format: str
    topic: str
    agency: str = ""
    qos: int = 1
    stale_after_s: float = 60.0
    silent_after_s: float = 60.0
    options: Mapping[str, Any] = {}
