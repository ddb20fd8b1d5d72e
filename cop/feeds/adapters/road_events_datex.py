"""DATEX II situations (CEN/TS 16157-3 and 1.0, 2.3, 3.x as published): every record of a situation is a road event."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from itertools import islice
from typing import Any, NamedTuple

from cop.feeds.adapters import fields, readings, road_places, strict_xml
from cop.feeds.adapters.road_event import RoadEvent, is_over, named, said_of

_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
#: What a record's own kind says more exactly, one of them in each kind.
_DETAILS = frozenset(
    {
        *("roadOrCarriagewayOrLaneManagementType", "generalNetworkManagementType", "reroutingManagementType"),
        *("speedManagementType", "winterEquipmentManagementType", "constructionWorkType", "roadMaintenanceType"),
        *("accidentType", "obstructionType", "vehicleObstructionType", "environmentalObstructionType"),
        *("nonWeatherRelatedRoadConditionType", "weatherRelatedRoadConditionType", "poorEnvironmentType"),
        *("authorityOperationType", "disturbanceActivityType", "abnormalTrafficType", "publicEventType"),
    }
)
_EXERCISES = frozenset({"securityexercise", "technicalexercise", "test"})
_OURS = frozenset({"", "4326", "epsg:4326", "urn:ogc:def:crs:epsg::4326", "4258", "epsg:4258"})
_READ = frozenset(
    {
        *("situationRecordCreationTime", "situationRecordVersionTime", "situationRecordVersion", "validity"),
        *("generalPublicComment", "locationReference", "groupOfLocations", "management"),
    }
)
_WANTED = frozenset(
    {
        *("gmlLineString", "pointCoordinates", "coordinatesForDisplay", "locationForDisplay", "roadNumber", "roadName"),
        *("name", "tpegDirection", "locationDescription"),
    }
)
_MOST_LOSSES = 40
_MOST_ELEMENTS = 50_000
_MOST_COMMENTS = 50

#: The elements inside by their local names, in order.
_Inside = dict[str, list[Any]]


class Situation(NamedTuple):
    """What every record of a situation has in common."""

    id: str
    exercise: bool


def records(root: Any) -> Iterator[tuple[Situation, Any]]:
    """Every record with its situation, in whatever wrapping the document comes."""
    for element in root.iter("{*}situation"):
        information = strict_xml.text_of(element, "headerInformation/informationStatus").lower()
        situation = Situation(element.get("id") or "", information in _EXERCISES)
        for record in strict_xml.all_at(element, "situationRecord"):
            yield situation, record


def event(situation: Situation, record: Any, zone: tzinfo, language: str) -> RoadEvent:
    """The event of one record. Raises BadMessage for coordinates that are none."""
    inside = _by_name(record)
    location = _first(inside, "locationReference", "groupOfLocations")
    where = _wanted(location)
    geometry, left_out = _geometry(location, where)
    kind = (record.get(_XSI_TYPE) or "").rpartition(":")[2]
    detail = next((_text(found[0]) for name, found in inside.items() if name in _DETAILS), "")
    comments = [
        _spoken(comment, language)
        for public in islice(inside.get("generalPublicComment", ()), _MOST_COMMENTS)
        for comment in islice(public.iterfind("{*}comment"), _MOST_COMMENTS)
    ]
    comments.append(_words(_first(where, "locationDescription"), language))
    validity = _by_name(_first(inside, "validity"))
    times = _by_name(_first(validity, "validityTimeSpecification"))
    impact, status = _first(inside, "impact"), _text(_first(validity, "validityStatus"))
    found = RoadEvent(
        id=record.get("id") or situation.id,
        type=" / ".join(filter(None, (kind, detail))),
        at=_moment(inside, zone, "situationRecordVersionTime", "situationRecordCreationTime"),
        impacts=(detail, strict_xml.text_of(impact, "trafficConstrictionType") if impact is not None else ""),
        types=(kind, detail),
        road=_road(where, language),
        headline=_apart(detail or kind),
        description="\n".join(dict.fromkeys(filter(None, comments))),
        geometry=geometry,
        starts_at=_moment(times, zone, "overallStartTime"),
        ends_at=_moment(times, zone, "overallEndTime"),
        over=is_over(status) or _ended(_first(inside, "management")),
        exercise=situation.exercise,
    )
    found.losses = _losses(inside) | said_of(
        geometry=left_out, validityStatus="" if status == "definedByValidityTimeSpec" else status
    )
    return found


def _by_name(element: Any) -> _Inside:
    inside: _Inside = {}
    for one in element if element is not None else ():
        inside.setdefault(strict_xml.local_name(one), []).append(one)
    return inside


def _wanted(location: Any) -> _Inside:
    """What is read of a location, however deep: it is told by its name alone, for every version nests it anew."""
    found: _Inside = {}
    if location is not None:
        for element in islice(location.iter(), _MOST_ELEMENTS):
            name = strict_xml.local_name(element)
            if name in _WANTED:
                found.setdefault(name, []).append(element)
    return found


def _first(inside: _Inside, *names: str) -> Any:
    return next((inside[name][0] for name in names if name in inside), None)


def _text(element: Any) -> str:
    return (element.text or "").strip() if element is not None else ""


def _moment(inside: _Inside, zone: tzinfo, *names: str) -> datetime | None:
    return next((at for name in names if (at := fields.moment(_text(_first(inside, name)), zone))), None)


def _ended(management: Any) -> bool:
    """Whether its life cycle was ended or called off."""
    if management is None:
        return False
    words = (strict_xml.text_of(management, f"lifeCycleManagement/{word}") for word in ("cancel", "end"))
    return any(word.lower() in {"true", "1"} for word in words)


def _geometry(location: Any, where: _Inside) -> tuple[dict[str, Any], str]:
    """The lines of a location, else its points, else where it is to be displayed; and what could not be read."""
    lines, left_out = [], ""
    for element in where.get("gmlLineString", ()):
        system = (element.get("srsName") or "").strip()
        if system.lower() in _OURS:
            size = 3 if element.get("srsDimension") == "3" else 2
            lines.append(road_places.of_pos_list(strict_xml.text_of(element, "posList"), size))
        else:
            left_out = f"a line in the reference system {readings.name(system)} is not read"
    if lines:
        alone = len(lines) == 1
        return {
            "type": "LineString" if alone else "MultiLineString",
            "coordinates": lines[0] if alone else lines,
        }, left_out
    for names in (("pointCoordinates",), ("coordinatesForDisplay", "locationForDisplay")):
        places = [_place(one) for name in names for one in where.get(name, ())]
        if any(places):
            return road_places.of_ends(*places), left_out
    if location is not None and not left_out:
        inside = strict_xml.all_at(location, "locationContainedInGroup") or [location]
        ways = dict.fromkeys(strict_xml.local_name(one) for group in inside[:5] for one in islice(group, 10))
        left_out = f"not located by: {', '.join(ways)}" if ways else ""
    return {}, left_out


def _place(element: Any) -> list[float] | None:
    figures = {strict_xml.local_name(one): readings.figure(_text(one)) for one in islice(element, 10)}
    return road_places.of_figures(figures.get("latitude"), figures.get("longitude"))


def _road(where: _Inside, language: str) -> str:
    named_so = [*where.get("roadNumber", ())[:3], *where.get("roadName", ())[:3]]
    names = dict.fromkeys(_words(one, language) for one in named_so)
    if not any(names):  # a link of the network bears the road's name
        links = (one for one in where.get("name", ())[:10] if _is_link(one))
        names = dict.fromkeys(_spoken(one, language) for one in links)
    return named(", ".join(filter(None, names)), _apart(_text(_first(where, "tpegDirection"))))


def _is_link(name: Any) -> bool:
    return strict_xml.text_of(name, "tpegOtherPointDescriptorType") == "linkName"


def _words(element: Any, language: str) -> str:
    """What stands in an element itself, or in its values of several languages."""
    return _text(element) or _spoken(element, language)


def _spoken(element: Any, language: str) -> str:
    """A text of several languages in the one that is wanted, else in the first that says something."""
    if element is None:
        return ""
    told = [(one.get("lang"), _text(one)) for one in islice(element.iter("{*}value"), 50)]
    told = [(spoken, words) for spoken, words in told if words]
    chosen = next((spoken for spoken, _ in told if spoken == language), told[0][0] if told else None)
    return "\n".join(words for spoken, words in told if spoken == chosen)


def _apart(word: str) -> str:
    """`singleAlternateLineTraffic` as people write it."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in word[:200]).strip()


def _losses(inside: _Inside) -> dict[str, str]:
    """What a record says beside what is read: the words of each element, without their markup."""
    found: dict[str, str] = {}
    for name, elements in islice(
        ((name, all_so) for name, all_so in inside.items() if name not in _READ), _MOST_LOSSES
    ):
        texts = (text.strip() for one in elements[:10] for text in islice(one.itertext(), 100))
        if words := " ".join(filter(None, texts)):
            found[readings.loss(name)] = readings.loss(words)
    return found
