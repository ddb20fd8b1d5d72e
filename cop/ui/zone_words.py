"""Words for zones: how one is called, and what its end is."""

from datetime import datetime

from cop.domain.area import Zone
from cop.domain.words import zone_label
from cop.map.layers.zones import ENDS_SOON
from cop.ui import wording

NOT_BY_HAND = "Its outline has several parts, holes or too many points: it cannot be changed by hand."


def zone_name(zone: Zone) -> str:
    """How a zone is called: its name, else its kind."""
    return wording.one_line(zone.name) or zone_label(wording.one_line(zone.kind))


def end_words(zone: Zone, now: datetime) -> tuple[str, str]:
    """Until when it holds, and the tone: "18:30, in 12 min" warns; a zone without an end says so."""
    if zone.expires_at is None:
        return "no end: it stands until somebody ends it", ""
    at = wording.clock_or_date(zone.expires_at, now)
    left = zone.expires_at - now
    if left.total_seconds() <= 0:
        return f"{at}, ended by itself", "warn"
    return f"{at}, in {wording.span(left.total_seconds())}", "warn" if left <= ENDS_SOON else ""
