"""The field's words that more than one room uses: disciplines, kinds, statuses, incident types, roles.

A word from a feed that stands in none of these tables is kept as it came, shown and counted; it is never an error.
The tables follow NIMS resource typing (FEMA 508) and the APCO/NENA EIDO registries in spirit, in short words.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple

DISCIPLINES: Mapping[str, str] = MappingProxyType(
    {
        "law": "Law",
        "fire": "Fire",
        "ems": "EMS",
        "emergency_management": "Emergency management",
        "transport": "Transport",
        "utility": "Utility",
        "medical": "Hospital",
        "federal": "Federal",
        "other": "Other",
    }
)

UNIT_KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # kind: (label, discipline whose shape it wears)
        "unknown": ("Unit", "other"),
        "patrol": ("Patrol car", "law"),
        "motorcycle": ("Motorcycle", "law"),
        "k9": ("K-9", "law"),
        "engine": ("Engine", "fire"),
        "ladder": ("Ladder", "fire"),
        "hazmat": ("Hazmat", "fire"),
        "rescue": ("Rescue", "fire"),
        "arff": ("Airport crash tender", "fire"),
        "chief": ("Chief officer", "fire"),
        "ambulance": ("Ambulance", "ems"),
        "air_ambulance": ("Air ambulance", "ems"),
        "helicopter": ("Helicopter", "law"),
        "aircraft": ("Aircraft", "other"),
        "boat": ("Boat", "law"),
        "vessel": ("Vessel", "other"),
        "vehicle": ("Vehicle", "other"),
        "bus": ("Bus", "transport"),
        "tram": ("Tram", "transport"),
        "train": ("Train", "transport"),
        "ferry": ("Ferry", "transport"),
        "plow": ("Plow", "utility"),
        "utility": ("Utility truck", "utility"),
        "drone": ("Drone", "other"),
        "command_post": ("Command post", "emergency_management"),
        "person": ("Person", "other"),
        "facility": ("Facility", "other"),
        "sensor": ("Sensor", "other"),
    }
)

UNIT_STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "unknown": "No status",
        "available": "Available",
        "assigned": "Assigned",
        "en_route": "En route",
        "on_scene": "On scene",
        "transporting": "Transporting",
        "busy": "Busy",
        "returning": "Returning",
        "out_of_service": "Out of service",
        "emergency": "EMERGENCY",
        # of ships, as they say it themselves (ITU-R M.1371)
        "under_way": "Under way",
        "at_anchor": "At anchor",
        "moored": "Moored",
        "aground": "Aground",
        "fishing": "Fishing",
        "not_under_command": "Not under command",
    }
)

INCIDENT_TYPES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # type: (label, discipline that leads it where no agreement says otherwise)
        "unknown": ("Incident", "law"),
        "fire": ("Fire", "fire"),
        "structure_fire": ("Structure fire", "fire"),
        "wildfire": ("Wildfire", "fire"),
        "hazmat": ("Hazmat", "fire"),
        "radiological": ("Radiological", "fire"),
        "medical": ("Medical", "ems"),
        "mass_casualty": ("Mass casualty", "ems"),
        "crash": ("Traffic crash", "law"),
        "traffic": ("Traffic control", "law"),
        "flood": ("Flood rescue", "fire"),
        "water_rescue": ("Water rescue", "fire"),
        "disturbance": ("Disturbance", "law"),
        "active_threat": ("Active threat", "law"),
        "pursuit": ("Pursuit", "law"),
        "missing_person": ("Missing person", "law"),
        "outage": ("Downed lines", "utility"),
        "weather": ("Weather", "emergency_management"),
        "explosion": ("Explosion", "fire"),
        "rail": ("Rail accident", "fire"),
        "aircraft": ("Aircraft", "fire"),
    }
)

#: incident type -> the wider type that it is one of: what an agreement says of the wider holds for the narrower
WIDER_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "structure_fire": "fire",
        "wildfire": "fire",
        "hazmat": "fire",
        "explosion": "fire",
        "radiological": "hazmat",
        "mass_casualty": "medical",
        "crash": "traffic",
        "water_rescue": "flood",
        "active_threat": "disturbance",
    }
)

INCIDENT_STATUSES: Mapping[str, str] = MappingProxyType(
    {"open": "Open", "active": "Active", "contained": "Contained", "closed": "Closed", "cancelled": "Cancelled"}
)

AVAILABILITIES: Mapping[str, str] = MappingProxyType(
    {
        "available": "Available",
        "committed": "Committed",
        "out_of_service": "Out of service",
        "unknown": "Not said",
    }
)

ZoneShape = Literal["polygon", "circle", "corridor", "line", "grid"]


class ZoneKind(NamedTuple):
    """What people draw: its words, the shape that it mostly has, and for how long it is proposed to hold."""

    label: str
    shape: ZoneShape
    lasts: timedelta


#: what a desk draws, in the order of the list that it chooses from; feeds bring other kinds as well
ZONE_KINDS: Mapping[str, ZoneKind] = MappingProxyType(
    {
        "hot_zone": ZoneKind("Hot zone", "circle", timedelta(hours=4)),
        "warm_zone": ZoneKind("Warm zone", "circle", timedelta(hours=4)),
        "cold_zone": ZoneKind("Cold zone", "circle", timedelta(hours=4)),
        "perimeter": ZoneKind("Perimeter", "polygon", timedelta(hours=12)),
        "evacuation": ZoneKind("Evacuation area", "polygon", timedelta(hours=24)),
        "staging_area": ZoneKind("Staging area", "polygon", timedelta(hours=12)),
        "search_segment": ZoneKind("Search segment", "polygon", timedelta(hours=12)),
        "road_closure": ZoneKind("Closure", "line", timedelta(hours=8)),
        "route": ZoneKind("Route", "corridor", timedelta(hours=12)),
        "reference_grid": ZoneKind("Lettered grid", "grid", timedelta(hours=24)),
    }
)

#: nobody works on an incident of these statuses, nor on a task of these states
INCIDENT_OVER = frozenset({"closed", "cancelled"})
TASK_OVER = frozenset({"complete", "declined", "cancelled", "released", "reassigned", "handed_over", "expired"})

TASK_STATES: Mapping[str, str] = MappingProxyType(
    {
        "draft": "Draft",
        "requested": "Requested",
        "accepted": "Accepted",
        "declined": "Declined",
        "countered": "Countered",
        "expired": "No answer",
        "en_route": "En route",
        "on_scene": "On scene",
        "complete": "Done",
        "cancelled": "Cancelled",
        "released": "Released",
        "reassigned": "Reassigned",
        "handed_over": "Handed over",
    }
)

#: what an owner says; the rest of a task's states are read from what the asker says, and from the clock
ANSWER_STATES = ("accepted", "declined", "countered", "en_route", "on_scene", "complete", "released")

TASK_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "dispatch": "Respond",
        "hold": "Hold",
        "evacuate": "Evacuate",
        "close_road": "Close road",
        "search_segment": "Search segment",
        "transport": "Transport",
        "stage": "Stage",
        "stand_by": "Stand by",
        "custom": "Other",
    }
)

ROLES: Mapping[str, str] = MappingProxyType(
    {
        "dispatcher": "Dispatcher",
        "commander": "Incident commander",
        "liaison": "Liaison",
        # an agency's own dispatch system: it speaks for all of its agency's people
        "system": "Agency system",
    }
)


def is_of_type(incident_type: str, wanted: str) -> bool:
    """Whether an incident of this type is one of the wanted: the same, or narrower."""
    found: str | None = incident_type
    while found is not None:
        if found == wanted:
            return True
        found = WIDER_TYPES.get(found)
    return False


def label(table: Mapping[str, str] | Mapping[str, tuple[str, str]], word: str) -> str:
    """The words on the screen for a word of the wire; an unknown word is shown as it came."""
    entry = table.get(word)
    if entry is None:
        return word.replace("_", " ").capitalize() if word else "—"
    return entry if isinstance(entry, str) else entry[0]


def zone_label(kind: str) -> str:
    """The words on the screen for a kind of zone; one that is not in our table is shown as it came."""
    known = ZONE_KINDS.get(kind)
    return known.label if known is not None else label({}, kind)


def unit_discipline(kind: str) -> str:
    """The discipline whose shape a unit of this kind wears."""
    return UNIT_KINDS.get(kind, UNIT_KINDS["unknown"])[1]


def leading_discipline(incident_type: str) -> str:
    """The discipline that leads an incident of this type where no agreement says otherwise."""
    return INCIDENT_TYPES.get(incident_type, INCIDENT_TYPES["unknown"])[1]
