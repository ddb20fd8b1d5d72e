"""A report: one claim, one source, one time."""

from datetime import datetime, timedelta

import msgspec

from cop.domain.agency import Agency, Presence
from cop.domain.area import Alert, Zone
from cop.domain.command import IncidentCommand
from cop.domain.consent import Consent
from cop.domain.details import IncidentDetails
from cop.domain.incident import Incident, Link
from cop.domain.log import LogEntry
from cop.domain.request import Fill, ResourceRequest
from cop.domain.resource import Resource
from cop.domain.statement import Statement
from cop.domain.task import Answer, Task
from cop.domain.unit import Position, Unit


class Retraction(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="retraction"):
    """The sender takes an object back: `kind` is its report kind, `id` the object's."""

    kind: str


Body = (
    Position
    | Unit
    | Incident
    | Resource
    | Task
    | Answer
    | Zone
    | Link
    | Alert
    | LogEntry
    | Agency
    | Presence
    | Consent
    | IncidentCommand
    | ResourceRequest
    | Fill
    | IncidentDetails
    | Retraction
)

BODY_KINDS: dict[str, type[Statement]] = {
    str(kind.__struct_config__.tag): kind
    for kind in (
        Position,
        Unit,
        Incident,
        Resource,
        Task,
        Answer,
        Zone,
        Link,
        Alert,
        LogEntry,
        Agency,
        Presence,
        Consent,
        IncidentCommand,
        ResourceRequest,
        Fill,
        IncidentDetails,
        Retraction,
    )
}


def kind_of(body: Statement) -> str:
    """The wire's word for what a body is: `incident`, `unit`, …"""
    return str(body.__struct_config__.tag)


class Source(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a report came from: feed and format, and the message's own id and type for it."""

    feed: str
    format: str
    original_id: str = ""
    original_type: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One claim by `agency`. `losses` is what the message said that our vocabulary cannot hold.

    Its sender's clock may be wrong (`cop.domain.rules.skew`): `corrected_s` is by how many seconds less the body's time
    is read. The body itself is as it was said.
    """

    agency: str
    body: Body
    source: Source
    received_at: datetime
    stale_at: datetime | None = None
    exercise: bool = False
    losses: dict[str, str] = {}
    corrected_s: float = 0.0

    @property
    def key(self) -> tuple[str, str]:
        """Agency and the object's id: no two agencies share an object."""
        return (self.agency, self.body.id)

    @property
    def reported_at(self) -> datetime:
        """The sender's time, by our clock."""
        return self.body.at - timedelta(seconds=self.corrected_s) if self.corrected_s else self.body.at
