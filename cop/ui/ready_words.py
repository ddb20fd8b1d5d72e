"""What units are usually told: the kind of task and the objective, by incident and unit, ready to be sent."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from cop.domain.words import INCIDENT_TYPES, WIDER_TYPES, label, unit_discipline

#: kind of task -> objectives that are said with it, the most usual first
BY_TASK: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "dispatch": ("Size-up", "Report to command", "Welfare check"),
        "hold": ("Hold at the perimeter", "Hold traffic", "Hold for escort"),
        "evacuate": ("Evacuate the hot zone", "Evacuate downwind, 1 km", "Door to door, shelter in place"),
        "close_road": ("Close the road both ways", "Close the ramp", "Turn traffic around"),
        "search_segment": ("Search the segment", "Search the shore", "Search by air"),
        "transport": ("Transport patients", "Transport evacuees", "Transport equipment"),
        "stage": ("Stage upwind", "Stage at the staging area", "Stage out of sight"),
        "stand_by": ("Stand by for entry team", "Stand by for transport", "Move up, cover the empty station"),
        "custom": (),
    }
)

#: incident type -> kind of unit, or its discipline -> (kind of task, objective), the most usual first.
#: In the spirit of common run cards and ICS 204 assignments; a person changes what does not fit.
_BY_INCIDENT: Mapping[str, Mapping[str, tuple[tuple[str, str], ...]]] = MappingProxyType(
    {
        "fire": {
            "engine": (("dispatch", "Fire attack"), ("dispatch", "Water supply"), ("dispatch", "Exposure protection")),
            "ladder": (("dispatch", "Search and ventilation"), ("dispatch", "Elevated stream")),
            "law": (("close_road", "Close the road both ways"), ("evacuate", "Evacuate neighbours")),
            "ems": (("stand_by", "Stand by for crews"), ("dispatch", "Treat the injured")),
            "utility": (("dispatch", "Shut off power and gas"),),
        },
        "wildfire": {
            "engine": (("dispatch", "Structure protection"), ("dispatch", "Hold the line")),
            "aircraft": (("dispatch", "Drop on the head"),),
            "helicopter": (("dispatch", "Bucket drops"), ("dispatch", "Recon")),
            "law": (("evacuate", "Evacuate ahead of the fire"), ("close_road", "Close the road both ways")),
        },
        "hazmat": {
            "hazmat": (("dispatch", "Entry and leak control"), ("dispatch", "Air monitoring")),
            "engine": (("dispatch", "Decon corridor"), ("dispatch", "Water curtain"), ("dispatch", "Foam blanket")),
            "ladder": (("dispatch", "Water curtain"),),
            "arff": (("dispatch", "Foam blanket"),),
            "law": (("evacuate", "Evacuate downwind, 1 km"), ("close_road", "Close the road both ways")),
            "ems": (("stand_by", "Stand by for entry team"), ("dispatch", "Triage")),
            "transport": (("transport", "Transport evacuees"),),
        },
        "medical": {
            "ems": (("dispatch", "Treat and transport"),),
            "fire": (("dispatch", "First response, assist EMS"),),
            "law": (("dispatch", "Secure the scene"),),
        },
        "mass_casualty": {
            "ems": (("dispatch", "Triage"), ("transport", "Transport patients"), ("stage", "Stage for transport")),
            "fire": (("dispatch", "Extricate and carry"), ("dispatch", "Set up treatment area")),
            "law": (("dispatch", "Secure the scene"), ("close_road", "Keep the way in and out open")),
            "transport": (("transport", "Transport walking wounded"),),
        },
        "crash": {
            "law": (("dispatch", "Secure the scene"), ("close_road", "Close the lane")),
            "fire": (("dispatch", "Extrication"),),
            "ems": (("dispatch", "Treat and transport"),),
        },
        "traffic": {"law": (("close_road", "Close the road both ways"), ("hold", "Direct traffic"))},
        "flood": {
            "boat": (("dispatch", "Swift water rescue"),),
            "fire": (("dispatch", "Shore rescue"), ("evacuate", "Evacuate low ground")),
            "law": (("close_road", "Close the flooded road"), ("evacuate", "Evacuate low ground")),
            "ems": (("stand_by", "Stand by for the rescued"),),
            "helicopter": (("dispatch", "Hoist rescue"), ("search_segment", "Search by air")),
        },
        "disturbance": {
            "law": (("dispatch", "Restore order"), ("hold", "Hold the perimeter")),
            "ems": (("stage", "Stage out of sight"),),
            "fire": (("stage", "Stage out of sight"),),
        },
        "active_threat": {
            "law": (("dispatch", "Contact team"), ("hold", "Inner perimeter")),
            "ems": (("stage", "Stage for rescue task force"),),
            "fire": (("stage", "Stage for rescue task force"),),
        },
        "pursuit": {
            "law": (("dispatch", "Join the pursuit"), ("close_road", "Stop sticks ahead")),
            "helicopter": (("dispatch", "Take over from the air"),),
        },
        "missing_person": {
            "k9": (("search_segment", "Track from the last place seen"),),
            "helicopter": (("search_segment", "Search by air"),),
            "drone": (("search_segment", "Search by air"),),
            "law": (("search_segment", "Search the segment"), ("dispatch", "Interview who saw them last")),
            "fire": (("search_segment", "Search the segment"),),
        },
        "outage": {
            "utility": (("dispatch", "Make the lines safe"),),
            "law": (("close_road", "Keep people away from the lines"),),
            "fire": (("dispatch", "Guard the lines"),),
        },
        "explosion": {
            "law": (("hold", "Hold the perimeter"), ("evacuate", "Evacuate 300 m around")),
            "fire": (("dispatch", "Search and rescue"),),
            "ems": (("dispatch", "Triage"),),
        },
        "rail": {
            "fire": (("dispatch", "Size-up, find the train's papers"), ("dispatch", "Fire attack")),
            "law": (("close_road", "Close the crossings"), ("evacuate", "Evacuate downwind, 1 km")),
            "ems": (("dispatch", "Triage"),),
        },
        "aircraft": {
            "arff": (("dispatch", "Foam and rescue"),),
            "fire": (("dispatch", "Water supply for the crash tenders"),),
            "ems": (("dispatch", "Triage"),),
            "law": (("hold", "Hold the perimeter"),),
        },
    }
)


def usual(incident_type: str, unit_kinds: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """What units of these kinds are usually told at such an incident: (kind of task, objective), never empty.

    Where the units have nothing in common they are told to respond: no one else's work is put into their order.
    """
    found = [_of_one(incident_type, kind) for kind in dict.fromkeys(unit_kinds)]
    common = [one for one in found[0] if all(one in others for others in found)] if found else []
    respond = ("dispatch", f"Respond to {label(INCIDENT_TYPES, incident_type).lower()}")
    return tuple(dict.fromkeys((*common, respond)))


def _of_one(incident_type: str, unit_kind: str) -> tuple[tuple[str, str], ...]:
    """By the kind of unit before its discipline, by the narrow type of incident before the wider."""
    at: str | None = incident_type
    while at is not None:
        said = _BY_INCIDENT.get(at, {})
        if told := (*said.get(unit_kind, ()), *said.get(unit_discipline(unit_kind), ())):
            return told
        at = WIDER_TYPES.get(at)
    return ()
