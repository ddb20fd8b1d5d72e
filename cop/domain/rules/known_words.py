"""Which of a report's words stand in none of our tables."""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

from cop.domain.incident import Incident
from cop.domain.resource import Resource
from cop.domain.statement import Statement
from cop.domain.unit import Unit
from cop.domain.words import AVAILABILITIES, INCIDENT_STATUSES, INCIDENT_TYPES, UNIT_KINDS, UNIT_STATUSES

#: what a word is for -> the words that we know
KNOWN: Mapping[str, Collection[str]] = MappingProxyType(
    {
        "unit kind": UNIT_KINDS,
        "unit status": UNIT_STATUSES,
        "incident type": INCIDENT_TYPES,
        "incident status": INCIDENT_STATUSES,
        "availability": AVAILABILITIES,
    }
)


def unknown_words(body: Statement) -> Iterator[tuple[str, str]]:
    """What each is a word for ("unit kind"), and the word; it is shown as it came, and counted."""
    if isinstance(body, Unit):
        if body.kind not in UNIT_KINDS:
            yield "unit kind", body.kind
        if body.status not in UNIT_STATUSES:
            yield "unit status", body.status
    elif isinstance(body, Incident):
        if body.type not in INCIDENT_TYPES:
            yield "incident type", body.type
        if body.status not in INCIDENT_STATUSES:
            yield "incident status", body.status
    elif isinstance(body, Resource) and body.availability not in AVAILABILITIES:
        yield "availability", body.availability
