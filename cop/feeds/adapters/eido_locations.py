"""Where an EIDO's incident is: of several locations with a type, the one that means it (NENA-STA-021.1 §3.8)."""

from collections.abc import Callable
from typing import NamedTuple

from cop.feeds.adapters import pidf, readings
from cop.feeds.adapters.eido_document import Component, Document, reference_of, references_of, text_of
from cop.feeds.message import BadMessage

_MOST, _MOST_UNITS = 40, 1_000
_ORDER = ("incident", "initial", "caller", "investigation")


class Located(NamedTuple):
    """A location that could be read, and what it is to the incident."""

    kind: str
    component: Component
    place: pidf.Place


def located_in(document: Document, word: Callable[[str], str | None], losses: dict[str, str]) -> list[Located]:
    """Every location that can be read; why another cannot goes to `losses`. A URL is never fetched.

    `word` is what a location type of the registry means in ours.
    """
    found = []
    components = document.components("locationComponent")
    for component in components[:_MOST]:
        said = text_of(component, "locationTypeDescriptionRegistryText")
        name = readings.loss(f"location {said}")
        if value := text_of(component, "locationByValue"):
            try:
                found.append(Located(word(said) or said or "unknown", component, pidf.place_of(value)))
            except BadMessage as bad:
                losses[name] = bad.reason
        elif url := text_of(component, "locationByReferenceUrl"):
            losses[name] = readings.loss(f"at another system, not fetched: {url.split('?')[0]}")
    if len(components) > _MOST:
        losses["locations"] = f"{len(components) - _MOST} more"
    return found


def best_of(located: list[Located], document: Document) -> Located | None:
    """Where the incident is: by type, then as the incident refers to it, then the newest.

    A location of a type that nobody knows is the incident's only where the incident says so.
    """
    if not located:
        return None
    components = document.components("incidentComponent")
    meant = {one for component in components[:1] for one in references_of(component, "locationReference")}
    others = _of_units(document)

    def is_of_incident(one: Located) -> bool:
        identifier = text_of(one.component, "$id")
        if one.kind in ("staging", "tower"):
            return False
        if one.kind == "incident" or identifier in meant:
            return True
        return identifier not in others and (one.kind in _ORDER or one.kind == "routing")

    def rank(one: Located) -> tuple[int, bool, float]:
        order = _ORDER.index(one.kind) if one.kind in _ORDER else len(_ORDER)
        at = document.time(one.component, "lastUpdateTimeStamp")
        farther = text_of(one.component, "$id") not in meant
        return (order + 100 * (one.kind == "routing"), farther, -(at.timestamp() if at else 0.0))

    return min(filter(is_of_incident, located), key=rank, default=None)


def not_shown(located: list[Located], best: Located | None, document: Document) -> dict[str, str]:
    """The losses of locations that become nothing: neither the incident's place, nor a staging area, nor a unit's."""
    found = {}
    others = _of_units(document) if len(located) > 1 or best is None else set()
    for one in located:
        if one is not best and one.kind != "staging" and text_of(one.component, "$id") not in others:
            said = text_of(one.component, "locationTypeDescriptionRegistryText")
            found[readings.loss(f"location {said}")] = "not the incident's place, not shown"
    return found


def _of_units(document: Document) -> set[str]:
    """The locations where units are, or go to."""
    return {
        reference_of(one, name)
        for one in document.components("emergencyResourceComponent")[:_MOST_UNITS]
        for name in ("unitLocationReference", "unitDestinationReference")
    } - {""}
