"""Any JSON, by a mapping that stands in `cop.toml` (`docs/mapping.md`)."""

from typing import Any

from cop.domain.report import Report
from cop.feeds.adapters import readings, strict_json
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.mapped_reports import Explained, Mapped
from cop.feeds.adapters.mapping import PARTS_LIMIT, MappingOptions
from cop.feeds.message import BadMessage, Feed, Message


class _Options(MappingOptions, forbid_unknown_fields=True):
    after: str = ""


class GenericJson:
    """Decodes JSON by the feed's mapping. Option `after` is a text behind which the JSON begins."""

    def __init__(self, feed: Feed) -> None:
        """Raises ValueError that names feed and key for what is wrong with the mapping."""
        options = readings.options_of(feed, _Options)
        self._after = options.after.encode()
        self._mapped = Mapped(feed, "json", options)

    def decode(self, message: Message) -> list[Report]:
        """The reports of the objects that the mapping names."""
        if not message.payload and message.topic:
            return []  # a retained message was cleared
        return self._mapped.reports(message, self.content(message))

    def explained(self, message: Message) -> list[Explained]:
        """Which field of the message becomes which of ours. Raises BadMessage."""
        return self._mapped.explained(message, self.content(message))

    def content(self, message: Message) -> Any:
        """The message as JSON. Raises BadMessage."""
        payload = message.payload
        if self._after:
            _, found, payload = payload.partition(self._after)
            if not found:
                raise BadMessage("the text behind which the JSON begins is not there")
            payload = payload.strip().rstrip(b";")
        return strict_json.quick(payload)


FORMAT = Format(
    name="json",
    summary="any JSON, by a mapping in cop.toml",
    make=GenericJson,
    split=strict_json.lines,
    limits=f"{PARTS_LIMIT:,} objects in one message, or as many as option `most` says",
)
