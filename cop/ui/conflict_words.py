"""What stands on the card of a conflict, and how many there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cop.authority.conflicts import Counts
from cop.domain.rules.conflict import About, Conflict, Kind
from cop.domain.rules.conflict_order import is_ours, may_act
from cop.ui import wording
from cop.ui.desk import Desk

#: kind -> letters of its badge, heading, and how it is toned
_KINDS: Mapping[Kind, tuple[str, str, str]] = MappingProxyType(
    {
        "in_hot_zone": ("HOT", "In a hot zone", "bad"),
        "two_tasks": ("2×", "Two tasks for one unit", "bad"),
        "overdue": ("LATE", "No answer", "bad"),
        "two_leads": ("LEAD", "Two leads", "warn"),
        "lapsed": ("END", "Consent is over", "warn"),
        "over_committed": ("OVER", "More than there is", "warn"),
        "refused_word": ("NO", "Message refused", "warn"),
        "same_incident": ("SAME", "Told twice?", "accent"),
        "coverage_void": ("VOID", "Uncovered", "accent"),
    }
)
#: kinds of objects that can be shown
_SHOWN = frozenset({"unit", "incident", "resource", "task", "zone"})
_LONGEST = 240


@dataclass(frozen=True, slots=True)
class ConflictCard:
    """A conflict as the list shows it. `act` is what its button says, empty where it is not ours to settle."""

    badge: str
    title: str
    tone: str
    text: str
    age: str
    owner: str
    ours: bool
    act: str
    noted: str

    def words(self) -> tuple[str, ...]:
        """The card as a screen reader says it."""
        settle = f"to settle it: {self.act}" if self.act else ""
        return tuple(part for part in (self.title, self.text, self.age, self.owner, self.noted, settle) if part)


def card_of(desk: Desk, conflict: Conflict) -> ConflictCard:
    """What stands on the card of a conflict now."""
    own, picture, now = desk.operator.agency, desk.picture, desk.now()
    badge, title, tone = _KINDS[conflict.kind]
    ours = is_ours(conflict, own)
    noted = desk.authority.standing.noted(conflict.key)
    proposal = conflict.proposal
    owner = wording.agency_name(picture, conflict.owner)
    return ConflictCard(
        badge=badge,
        title=title,
        tone=tone,
        text=wording.shortened(wording.one_line(conflict.words), _LONGEST),
        age=wording.span((now - conflict.since).total_seconds()),
        owner="ours" if ours else owner,
        ours=ours,
        act=wording.one_line(proposal.words) if proposal is not None and may_act(conflict, own) else "",
        noted=f"noted by {wording.one_line(noted.by) or 'this desk'} {wording.clock(noted.at)}" if noted else "",
    )


def shown_of(conflict: Conflict) -> About | None:
    """What is selected when a conflict is clicked: the first thing that it is about and that can be shown."""
    return next((about for about in conflict.about if about[0] in _SHOWN), None)


def counted(counts: Counts) -> str:
    """For the top bar: "3 conflicts", "12 conflicts, 3 ours", "1 conflict, ours"; empty where there are none."""
    if not counts.all:
        return ""
    words = f"{counts.all} conflict{'s' if counts.all != 1 else ''}"
    if counts.ours == counts.all:
        return f"{words}, ours"
    return f"{words}, {counts.ours} ours" if counts.ours else words
