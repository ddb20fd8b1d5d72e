"""Who led each incident and which conflicts stood, seen again and again while a record is walked through."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from cop.authority.authority import Authority
from cop.domain.incident import Incident
from cop.domain.rules.conflict import Conflict
from cop.domain.rules.lead import Lead
from cop.domain.words import INCIDENT_OVER
from cop.exercise.review.figures import Told
from cop.picture.picture import Picture

Key = tuple[str, str]


@dataclass(slots=True)
class Leading:
    """One spell of who leads an incident by the agreements: nobody, one, unified, contested, or unplaced."""

    what: str
    who: tuple[str, ...]
    why: str
    begins: Told
    ends: Told | None = None


@dataclass(slots=True)
class Standing:
    """A conflict that stands, or stood: as it was last, from when it was first seen until it was seen no more."""

    conflict: Conflict
    seen: Told
    ends: Told | None = None
    ended_by: str = ""


@dataclass(slots=True)
class LeadSpells:
    """The spells of each incident, the first as soon as it is known; none while it is over."""

    picture: Picture
    authority: Authority
    of: dict[Key, list[Leading]] = field(default_factory=dict)

    def look(self, told: Told, touched: Iterable[Key]) -> None:
        """See how these incidents are led now."""
        for key in touched:
            report = self.picture.incidents.get(key)
            spells = self.of.get(key, [])
            last = spells[-1] if spells and spells[-1].ends is None else None
            over = (
                report is None
                or (isinstance(report.body, Incident) and report.body.status in INCIDENT_OVER)
                or self.picture.same.lead(key) != key
            )
            if over:
                if last is not None:
                    last.ends = told
                continue
            what, who, why = _led(self.authority.lead(key))
            if last is not None and (last.what, last.who) == (what, who):
                continue
            if last is not None:
                last.ends = told
            self.of.setdefault(key, []).append(Leading(what, who, why, told))


@dataclass(slots=True)
class ConflictSpells:
    """All conflicts that stood at a look, each as often as it came again."""

    authority: Authority
    open: dict[tuple[str, ...], Standing] = field(default_factory=dict)
    over: list[Standing] = field(default_factory=list)
    _version: int = -1

    def look(self, told: Told, ended_by: "EndedBy") -> None:
        """See what stands now."""
        standing = self.authority.standing
        if standing.version == self._version:
            return
        self._version = standing.version
        now = {one.key: one for one in standing.standing()}
        for key in [key for key in self.open if key not in now]:
            one = self.open.pop(key)
            number, one.ended_by = ended_by.of(one.conflict)
            one.ends = Told(at=told.at, record=number or told.record)
            self.over.append(one)
        for key, conflict in now.items():
            known = self.open.get(key)
            if known is None:
                number, _words = ended_by.of(conflict)
                self.open[key] = Standing(conflict, Told(at=told.at, record=number or told.record))
            else:
                known.conflict = conflict


class EndedBy:
    """What was said last of the objects that a conflict is about, since the look before."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str, str], tuple[int, str]] = {}

    def note(self, kind: str, key: Key, number: int, words: str) -> None:
        """A word was heard."""
        self._said[(kind, *key)] = (number, words)

    def of(self, conflict: Conflict) -> tuple[int, str]:
        """The newest of the words about it and their record; 0 and nothing where there was none: the clock, places."""
        found = [self._said[one] for one in conflict.about if one in self._said]
        return max(found, default=(0, ""))

    def clear(self) -> None:
        """A look is over."""
        self._said.clear()


def _led(lead: Lead | None) -> tuple[str, tuple[str, ...], str]:
    if lead is None:
        return "unplaced", (), "it has no place, or a doubtful one"
    if not lead.agencies:
        return "nobody", (), lead.reason
    if lead.contested:
        return "contested", lead.agencies, lead.reason
    what = "unified" if lead.unified else "one"
    return what, lead.agencies, lead.term.words if lead.term is not None else lead.reason


def at_once(at: datetime, record: int) -> Told:
    """A moment and the record that tells of it."""
    return Told(at=at, record=record)
