"""Which role may say which kind of word: what a message must show before it is believed."""

from collections.abc import Mapping
from types import MappingProxyType

from cop.domain.rules.actions import ALLOWED
from cop.domain.words import ROLES

#: kind of word -> the actions that say it; whoever may do one of these may say the word
_SAID_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "task": ("assign_task", "cancel_task"),
        "answer": ("answer_task",),
        "consent": ("pause_clause", "withdraw_clause"),
        "command": ("take_command",),
        "request": ("request_resource",),
        "fill": ("fill_request",),
        "link": ("link_incidents",),
        "incident": ("open_incident", "change_incident"),
        "zone": ("draw_zone", "change_zone", "end_zone"),
        "resource": ("mark_resource",),
    }
)
#: a person gives consent and takes command, no machine
_BY_PEOPLE_ALONE = frozenset({"consent", "command"})
#: they bind people: who says them must say in which role
_ROLE_NEEDED = frozenset({"task", "answer", "consent", "command", "request", "fill"})


def why_not_theirs(kind: str, role: str) -> str:
    """Why a word of this kind is not taken from somebody in this role; empty if it is.

    What agencies' systems have always published without one (incidents, zones, resources, links) needs no role; one
    that is said must fit.
    """
    if not role:
        return f"a {kind} that does not say in which role it was said" if kind in _ROLE_NEEDED else ""
    if kind not in _SAID_BY:
        return ""
    able = roles_for(kind)
    if role in able:
        return ""
    return f"{_name(role)} may not say a {kind}: only {' or '.join(sorted(_name(one) for one in able))}"


def roles_for(kind: str) -> frozenset[str]:
    """The roles that may say words of this kind."""
    people = frozenset().union(*(ALLOWED[action][0] for action in _SAID_BY[kind] if action in ALLOWED))
    return people if kind in _BY_PEOPLE_ALONE else people | {"system"}


def _name(role: str) -> str:
    return ROLES.get(role, role[:40]).lower()
