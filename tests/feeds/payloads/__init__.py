"""Messages written here, and what must come out of each; `README.md` says how to read them."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from cop.domain.report import Report
from cop.feeds.adapters import make_adapter
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.message import BadMessage, Feed, Message

RECEIVED_AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
AGENCY = "charlotte-fire"
#: formats that are nothing without a mapping
MAPPED: dict[str, dict[str, Any]] = {
    "json": {"report": "unit", "fields": {"id": "id", "at": "t", "lat": "lat", "lon": "lon", "status": "st"}},
    "csv": {"report": "unit", "fields": {"id": "id", "at": "t", "lat": "lat", "lon": "lon", "status": "st"}},
}


@dataclass(frozen=True)
class Case:
    """One message and what must come out."""

    format: str
    name: str
    payload: bytes
    expected: dict[str, Any]

    @property
    def adapter(self) -> Adapter:
        """A fresh adapter of the case's feed."""
        return make_adapter(self.feed)

    @property
    def feed(self) -> Feed:
        """The feed it came on."""
        extras = {key: self.expected[key] for key in ("zone", "words") if key in self.expected}
        return feed_of(self.format, self.expected.get("options"), **extras)

    @property
    def message(self) -> Message:
        """The message as it came in."""
        topic, retained = self.expected.get("topic", ""), self.expected.get("retained", False)
        return Message(topic, self.payload, RECEIVED_AT, retained)


def feed_of(form: str, options: dict[str, Any] | None = None, agency: str = AGENCY, **extras: Any) -> Feed:
    """A feed like those of the cases."""
    chosen = MAPPED.get(form, {}) if options is None else options
    return Feed(name="payloads", format=form, topic="#", agency=agency, options=chosen, **extras)


def adapter_of(form: str, options: dict[str, Any] | None = None, agency: str = AGENCY, **extras: Any) -> Adapter:
    """An adapter of a feed like those of the cases."""
    return make_adapter(feed_of(form, options, agency, **extras))


def cases() -> list[Case]:
    """Every case of every format."""
    found = []
    for expected in sorted(Path(__file__).parent.glob("*/*.expected.json")):
        name = expected.name.removesuffix(".expected.json")
        (payload,) = (path for path in expected.parent.glob(f"{name}.*") if path != expected)
        found.append(Case(expected.parent.name, name, payload.read_bytes(), json.loads(expected.read_text("utf-8"))))
    return found


def outcome(adapter: Adapter, message: Message) -> dict[str, Any]:
    """What came out, in the form of the expected files."""
    try:
        return {"reports": [as_written(report) for report in adapter.decode(message)]}
    except BadMessage as bad:
        good = {"reports": [as_written(report) for report in bad.reports]} if bad.reports else {}
        return {**good, "refused": bad.reason}


def as_written(report: Report) -> dict[str, Any]:
    """A report as plain JSON values: the body's fields beside the report's own."""
    written: dict[str, Any] = {"agency": report.agency, **json.loads(msgspec.json.encode(report.body))}
    written["original"] = {"id": report.source.original_id, "type": report.source.original_type}
    if report.stale_at is not None:
        written["stale_at"] = json.loads(msgspec.json.encode(report.stale_at))
    if report.exercise:
        written["exercise"] = True
    if report.losses:
        written["losses"] = dict(report.losses)
    return written
