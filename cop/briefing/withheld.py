"""What a file that leaves the desk tells of where units are: no more than their owners show to whoever may read it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cop.domain.rules.share import NOBODY_NAMED, ROUNDED_M, Case, Sharing, Shown, rounded_place

#: what tells where a unit is, or was; what a feed said besides may hold its place in words of its own
_PLACE = frozenset({"lat", "lon", "alt_m", "course_deg", "speed_mps", "accuracy_m", "losses", "doubtful"})


def as_shown_to_all(unit: Mapping[str, Any], sharing: Sharing, at: datetime, *, operation: str = "") -> dict[str, Any]:
    """A unit of the state document as anybody may see it; `withheld` names the clauses where that is less than known.

    What is shown late is left out while it is younger than that.
    """
    said = unit.get("said") or {}
    lat, lon = unit.get("lat"), unit.get("lon")
    case = Case(unit_kind=said.get("kind", "unknown"), lat=lat, lon=lon)
    shown = sharing.shown_to(NOBODY_NAMED, unit["agency"], case, at, operation=operation)
    if lat is None or lon is None or not (shown.hidden or shown.rounded or _is_young(unit, shown, at)):
        return dict(unit)
    kept = {name: value for name, value in unit.items() if name not in _PLACE}
    if said:
        kept["said"] = {name: value for name, value in said.items() if name != "losses"}
    kept["withheld"] = ", ".join(term.words for term in shown.terms)
    if shown.hidden or _is_young(unit, shown, at):
        return kept
    lat, lon = rounded_place(lat, lon)
    return {**kept, "lat": lat, "lon": lon, "accuracy_m": max(unit.get("accuracy_m", 0.0), ROUNDED_M)}


def _is_young(unit: Mapping[str, Any], shown: Shown, at: datetime) -> bool:
    """Whether a place is too new to be shown already; one that does not say when it was is."""
    if shown.delay <= timedelta(0):
        return False
    said_at = unit.get("received_at") or unit.get("reported_at")
    return said_at is None or datetime.fromisoformat(said_at) + shown.delay > at
