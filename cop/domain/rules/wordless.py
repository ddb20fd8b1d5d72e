"""Reports of an incident that say nothing of what happened: a note, a unit sent, one merged into another."""

from typing import Any

import msgspec

from cop.domain.incident import Incident


def is_wordless(incident: Incident) -> bool:
    """Whether it says neither what kind of incident it is nor calls it anything."""
    return incident.type == "unknown" and not incident.title


def with_words(wordless: Incident, known: Incident) -> Incident:
    """A wordless incident with the words of what was known of it; what it does say itself stands.

    `open` and a priority of 3 are what an incident is of which nobody said either.
    """
    kept: dict[str, Any] = {"type": known.type, "title": known.title}
    if wordless.status == "open":
        kept |= {"status": known.status, "closed_at": known.closed_at}
    if wordless.priority == 3:
        kept["priority"] = known.priority
    if wordless.lat is None and not wordless.address:
        kept |= {"lat": known.lat, "lon": known.lon, "address": known.address}
    for name in ("summary", "opened_at", "lead"):
        kept[name] = getattr(wordless, name) or getattr(known, name)
    return msgspec.structs.replace(wordless, **kept)
