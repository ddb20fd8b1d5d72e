"""What comes in: one message of one feed, and the word for one that cannot be used."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec

from cop.domain.report import Report

MAX_PAYLOAD_BYTES = 1 << 20


class BadMessage(Exception):  # noqa: N818 - it is the message that is bad, no error of ours: the feed goes on
    """A message that cannot be used; `reason` is counted, so it holds no value from the message itself.

    Of a message of many parts, `reports` are those of the parts that can.
    """

    def __init__(self, reason: str, reports: Sequence[Report] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.reports = reports


class NotTheirs(BadMessage):
    """A claim about an object of another agency (`agency`) than the one whose feed it came on."""

    def __init__(self, agency: str) -> None:
        super().__init__("an object of another agency, as a desk of ours writes it")
        self.agency = agency


class Message(msgspec.Struct, frozen=True):
    """One MQTT message as received. `received_at` is aware UTC.

    A `retained` one may have been said long before: the broker retained it, or kept it for a desk that was away.
    """

    topic: str
    payload: bytes
    received_at: datetime
    retained: bool = False


class Feed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[feed]]` of `cop.toml`: whose messages, in which format, below which topic filter.

    `agency` may be empty only where the format carries it in the topic (cop-json). `zone` (IANA) holds for times that
    name none. `words` overrides the tables of `resources/mappings`: table -> their word -> ours.
    """

    name: str
    format: str
    topic: str
    agency: str = ""
    qos: Annotated[int, msgspec.Meta(ge=0, le=1)] = 1
    stale_after_s: Annotated[float, msgspec.Meta(gt=0, le=30 * 86_400)] = 60.0
    silent_after_s: Annotated[float, msgspec.Meta(gt=0, le=30 * 86_400)] = 60.0
    zone: str = "UTC"
    max_bytes: Annotated[int, msgspec.Meta(ge=1024, le=64 << 20)] = MAX_PAYLOAD_BYTES
    words: Mapping[str, Mapping[str, str | int]] = {}
    options: Mapping[str, Any] = {}

    @property
    def too_large(self) -> str:
        """Why a message above `max_bytes` is refused."""
        mebibytes, rest = divmod(self.max_bytes, 1 << 20)
        return f"larger than {self.max_bytes:,} bytes" if rest else f"larger than {mebibytes} MiB"

    def __post_init__(self) -> None:
        """Raises ValueError for a topic filter that no broker takes, or that would bring this desk only a part."""
        *levels, last = self.topic.split("/")
        wrong = any("#" in level for level in levels) or ("#" in last and last != "#")
        wrong |= any("+" in level and level != "+" for level in (*levels, last))
        if wrong or not self.topic or "\0" in self.topic or len(self.topic) > 1024:
            raise ValueError(f"{self.topic[:80]!r} is no topic filter of MQTT")
        if self.topic.startswith("$share/"):
            raise ValueError("of a shared subscription a desk would hear only its part")
        if not self.stale_after_s > 0 or not self.silent_after_s > 0:  # NaN passes a range
            raise ValueError("stale_after_s and silent_after_s are seconds")
