"""What the EDXL formats share: the envelope around a message, its places (GML) and addresses (OASIS CIQ xAL)."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from cop.feeds.adapters import readings, strict_xml
from cop.feeds.adapters.readings import Bounds, Place
from cop.feeds.message import BadMessage

#: what an envelope's `distributionStatus` says of something that did not happen (EDXL-DE 1.0 §3.2.1)
_NOT_ACTUAL = frozenset({"exercise", "test", "system"})
#: what its `distributionType` says where the contents are no word of their own
_NO_WORD = frozenset({"cancel", "ack", "error"})
_PIECES = 20
_ELEMENTS_LIMIT = 40_000


def document(payload: bytes) -> Any:
    """The root of a document of at most 40,000 elements, more than a full message has. Raises BadMessage."""
    if payload.count(b"<") > 2 * _ELEMENTS_LIMIT:
        raise BadMessage(f"more than {_ELEMENTS_LIMIT:,} elements in one message")
    return strict_xml.document(payload)


def elements(tree: Any, names: frozenset[str]) -> Iterator[Any]:
    """The elements of these local names anywhere in a document, outermost ones alone: bare, in EDXL-DE, in SOAP."""
    if strict_xml.local_name(tree) in names:
        yield tree
        return
    last = None
    for found in tree.iter(*(f"{{*}}{name}" for name in sorted(names))):
        if last is not None and any(above is last for above in found.iterancestors()):
            continue
        last = found
        yield found


def is_exercise(element: Any) -> bool:
    """Whether an envelope around the element says that this is none of the real thing."""
    return any(
        word.casefold() in _NOT_ACTUAL
        for above in element.iterancestors()
        for word in _words(above, "distributionStatus")
    )


def refuse_answers(element: Any) -> None:
    """Raises BadMessage for what an envelope takes back or answers: what that means only edxl-de knows."""
    for above in element.iterancestors():
        for name in ("distributionType", "distributionKind"):
            if any(word.casefold() in _NO_WORD for word in _words(above, name)):
                raise BadMessage("the envelope cancels or answers what it holds: read it as edxl-de")


def sent_at(element: Any) -> str:
    """When the envelope around an element was sent, as it says; empty without an envelope."""
    return _of_envelope(element, "dateTimeSent")


def incident_id(element: Any) -> str:
    """The incident that the envelope around an element names; empty if it names none."""
    return _of_envelope(element, "incidentID")


def place_below(element: Any, bounds: Bounds | None = None) -> Place:
    """The first GML point or centre of a circle below an element: latitude first, as EPSG:4326 has it."""
    for pos in islice(element.iter("{*}pos"), _PIECES):
        parent = pos.getparent()
        if parent is None or strict_xml.local_name(parent) not in ("Point", "CircleByCenterPoint"):
            continue
        figures = (pos.text or "")[: readings.SHORT].split()
        if len(figures) < 2:
            return Place(doubt="a place without two figures")
        lat, lon = readings.figure(figures[0]), readings.figure(figures[1])
        if lat is None or lon is None:
            return Place(doubt="a place whose figures are none")
        if "CRS84" in (pos.get("srsName") or parent.get("srsName") or ""):
            lat, lon = lon, lat  # the one common reference system that has longitude first
        return readings.place(lat, lon, bounds)
    return Place()


def address_below(element: Any) -> str:
    """The first xAL address below an element in one line; empty if there is none."""
    found = next(element.iter("{*}Address"), None)
    if found is None:
        return ""
    street = " ".join(filter(None, (strict_xml.text_of(found, "Thoroughfare/Number"), _named(found, "Thoroughfare"))))
    lines = [(line.text or "").strip() for line in islice(found.iter("{*}AddressLine"), _PIECES)]
    parts = (
        *lines,
        street,
        _named(found, "Locality"),
        _named(found, "AdministrativeArea"),
        strict_xml.text_of(found, "PostCode/Identifier"),
        _named(found, "Country"),
    )
    return readings.name(", ".join(filter(None, parts)))


def _named(address: Any, part: str) -> str:
    """A part of an address by its name, else by its code (`VA`)."""
    found = address.find(f"{{*}}{part}/{{*}}NameElement")
    if found is None:
        return ""
    codes = (value for key, value in found.attrib.items() if key.rpartition("}")[2] == "NameCode")
    return (found.text or "").strip() or next(codes, "")


def _words(element: Any, name: str) -> Iterator[str]:
    """The texts of a child; EDXL-DE 2.0 puts the word one level lower than 1.0."""
    for child in element.iterchildren(f"{{*}}{name}"):
        yield from (text.strip() for text in islice(child.itertext(), _PIECES))


def _of_envelope(element: Any, name: str) -> str:
    for above in element.iterancestors():
        if said := strict_xml.text_of(above, name):
            return said
    return ""
