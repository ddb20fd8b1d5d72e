"""What in the list of conflicts comes first, and who may settle it."""

from collections.abc import Mapping
from types import MappingProxyType

from cop.domain.rules.conflict import Conflict, Kind

#: life first, then units that are missed elsewhere, then who leads, then what can wait for a minute
URGENCY: Mapping[Kind, int] = MappingProxyType(
    {
        "in_hot_zone": 0,
        "two_tasks": 1,
        "overdue": 2,
        "two_leads": 3,
        "lapsed": 4,
        "over_committed": 5,
        "refused_word": 6,
        "same_incident": 7,
        "coverage_void": 8,
    }
)
#: anybody may look
_ONLY_LOOKS = frozenset({"show", "open_incident_page"})


def is_ours(conflict: Conflict, own: str) -> bool:
    """Whether our agency can settle it: it is its owner, or told of one of two incidents that look like one."""
    return conflict.owner == own or (conflict.kind == "same_incident" and any(one[1] == own for one in conflict.about))


def order(conflict: Conflict, own: str, *, noted: bool = False) -> tuple[bool, bool, int, float, tuple[str, ...]]:
    """Sorts conflicts: those set aside last, ours before others', the most urgent first, of these the oldest."""
    return (noted, not is_ours(conflict, own), URGENCY[conflict.kind], conflict.since.timestamp(), conflict.key)


def may_act(conflict: Conflict, own: str) -> bool:
    """Whether our desk may do what is proposed; what only shows something may be done by all."""
    proposal = conflict.proposal
    return proposal is not None and (proposal.act in _ONLY_LOOKS or is_ours(conflict, own))
