"""Decode recorded files, message by message: `cop decode`."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from cop.domain.flat import flat
from cop.feeds.adapters.adapter import Format
from cop.feeds.message import MAX_PAYLOAD_BYTES, BadMessage, Feed, Message


def decode_file(form: Format, content: bytes, *, topic: str, agency: str) -> Iterator[dict[str, Any]]:
    """One flat object a report; `{"error": …, "message": n}` for a message that cannot be used (n counts from 1)."""
    adapter = form.make(Feed(name="decode", format=form.name, topic="#", agency=agency))
    for number, (own_topic, payload) in enumerate(form.split(content), start=1):
        message = Message(topic or own_topic or "", payload, datetime.now(UTC))
        if len(payload) > MAX_PAYLOAD_BYTES:
            yield {"error": "larger than 1 MiB", "message": number}
            continue
        try:
            reports = adapter.decode(message)
        except BadMessage as bad:
            yield {"error": bad.reason, "message": number}
        else:
            for report in reports:
                yield flat(report)
