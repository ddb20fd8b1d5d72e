"""Which units fit a need: the kinds made for a type of incident, those of its discipline, and the rest."""

from collections.abc import Mapping
from types import MappingProxyType

from cop.domain.words import UNIT_KINDS, WIDER_TYPES, label, leading_discipline, unit_discipline

#: how well a unit fits: made for it, of the discipline that leads it, neither
MADE_FOR, DISCIPLINE, NOT_FITTING = 0, 1, 2

#: incident type -> kinds that are made for it; a narrower type that stands not here is as its wider one.
#: In the spirit of usual run cards (NFPA 1710 assignments, NIMS typing): who is sent first.
_MADE_FOR: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "fire": frozenset({"engine", "ladder"}),
        "wildfire": frozenset({"engine", "helicopter"}),
        "hazmat": frozenset({"hazmat"}),
        "explosion": frozenset({"engine", "ladder", "rescue"}),
        "medical": frozenset({"ambulance", "air_ambulance"}),
        "traffic": frozenset({"patrol", "motorcycle"}),
        "crash": frozenset({"patrol", "motorcycle", "rescue", "ambulance"}),
        "flood": frozenset({"boat", "rescue"}),
        "disturbance": frozenset({"patrol"}),
        "pursuit": frozenset({"patrol", "helicopter", "k9"}),
        "missing_person": frozenset({"patrol", "k9", "helicopter", "drone"}),
        "outage": frozenset({"utility"}),
        "weather": frozenset({"command_post", "utility", "plow"}),
        "rail": frozenset({"engine", "rescue", "hazmat"}),
        "aircraft": frozenset({"arff", "engine", "rescue"}),
    }
)
#: nobody sends these to an incident
NOT_SENT = frozenset({"unknown", "facility", "sensor", "vessel", "train", "tram", "ferry"})

#: kinds whose label is no word for one of them within a sentence
_CALLED = MappingProxyType({"hazmat": "hazmat unit", "rescue": "rescue unit", "k9": "K-9", "unknown": "unit"})


def kind_called(kind: str) -> str:
    """A unit of this kind, within a sentence: "engine", "hazmat unit"."""
    return _CALLED.get(kind) or label(UNIT_KINDS, kind).lower()


def made_for(incident_type: str) -> frozenset[str]:
    """The kinds of units made for a type of incident; empty where we know of none."""
    found: str | None = incident_type
    while found is not None:
        if found in _MADE_FOR:
            return _MADE_FOR[found]
        found = WIDER_TYPES.get(found)
    return frozenset()


def fit_of_kinds(incident_type: str) -> list[int]:
    """How well each kind of `UNIT_KINDS` fits a type of incident, in their order."""
    kinds, discipline = made_for(incident_type), leading_discipline(incident_type)
    return [
        MADE_FOR
        if kind in kinds
        else DISCIPLINE
        if unit_discipline(kind) == discipline and kind not in NOT_SENT
        else NOT_FITTING
        for kind in UNIT_KINDS
    ]
