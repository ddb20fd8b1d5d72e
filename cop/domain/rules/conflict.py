"""What a conflict is: something that two agencies, or two words, leave open until a person settles it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal[
    "two_tasks",  # a unit on two tasks
    "over_committed",  # more of a resource, or of a clause, than there is
    "same_incident",  # two incidents that look like one
    "two_leads",  # two agencies claim command, or two clauses name two leads
    "lapsed",  # a task leans on a clause that no longer holds
    "overdue",  # nobody answered in time
    "in_hot_zone",  # a unit inside a hot zone without a task there
    "coverage_void",  # ground without an available unit of a kind
    "refused_word",  # a message that was not taken: wrong hands, wrong role, an old word said again
]

#: what about: (kind of object, agency, id), ("unit", "gastonia-fd", "hazmat-4")
About = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One action that would settle it: `act` names it, `about` what it is done to, in the order that the act expects.

    `cancel_task` (task), `ask_next` (task), `link_incidents` (incident, incident), `open_incident_page` (incident),
    `answer` (task), `order_out` (unit, zone), `show` (any object on the map), `call_back` (task).
    """

    words: str
    act: str
    about: tuple[About, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """`key` stays the same for as long as it is the same conflict. `owner` is the agency that has to act."""

    key: tuple[str, ...]
    kind: Kind
    owner: str
    words: str
    about: tuple[About, ...]
    since: datetime
    proposal: Proposal | None = None
