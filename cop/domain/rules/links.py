"""Merging two incidents into one picture, taking them apart again, and why two look the same.

Both incidents stay their agencies': a link says that they are one. What one agency says of a pair is an object of its
own, so the word of another cannot be taken back, only answered: `split` by an agency of one of the two parts them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from cop.domain.desk import Command, Operator, Refusal
from cop.domain.distance import distance_m
from cop.domain.incident import Incident, Link
from cop.domain.rules.actions import may
from cop.domain.rules.conflict_incidents import NEAR_M, WITHIN, compatible
from cop.domain.rules.same import APART, SAME, End, Said, ends_of, same_incidents, speaks_for
from cop.domain.words import INCIDENT_OVER, INCIDENT_TYPES, label

RELATED = "related"
_Called = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like two incidents are: metres (None: one has no place), seconds between their beginnings, and in words.

    `likely`: near, soon after each other, and of types that may be told of one event.
    """

    metres: float | None
    seconds: float
    compatible: bool
    likely: bool
    why: str

    @property
    def order(self) -> tuple[bool, bool, float, float]:
        """Sorts those that may be the same: the likely ones first, then the nearest, then the soonest."""
        return (not self.likely, not self.compatible, self.metres if self.metres is not None else 1e12, self.seconds)


@dataclass(frozen=True, slots=True)
class Linker:
    """A desk that links: all links that were said (`said`), and an agency's name for a refusal (`called`)."""

    operator: Operator
    said: Sequence[Said]
    at: datetime
    new_id: Callable[[], str]
    called: _Called = str

    def merge(self, first: End, second: End) -> Command | Refusal:
        """Say that two incidents are one; only an agency of one of them may."""
        refusal = self._why_not(first, second)
        if refusal is not None:
            return refusal
        if second in same_incidents(self.said).get(first, ()):
            return Refusal("They are shown as one already.")
        parted = sorted({agency for agency, link in self._between(first, second) if link.relation == APART})
        others = [agency for agency in parted if agency != self.operator.agency]
        if others:
            return Refusal(f"{' and '.join(map(self.called, others))} says that these are two: settle it with them.")
        return self._say(first, second, SAME)

    def relate(self, first: End, second: End) -> Command | Refusal:
        """Say that two incidents have to do with each other, and are two."""
        refusal = self._why_not(first, second)
        if refusal is not None:
            return refusal
        own = [link.relation for agency, link in self._between(first, second) if agency == self.operator.agency]
        if RELATED in own:
            return Refusal("They are linked as related already.")
        if SAME in own:
            return Refusal("They are shown as one: take them apart first.")
        return self._say(first, second, RELATED, anew=True)

    def unlink(self, first: End, second: End) -> Command | Refusal:
        """Take two apart that are shown as one, or take our own other links between them back.

        What we said is taken back, what others said is answered by `split`. Where a third joins them, one of the two
        leaves the group: the second if we may say so for all that holds it there, else the first.
        """
        refusal = self._why_not(first, second, one_is_ours=False)
        if refusal is not None:
            return refusal
        group = same_incidents(self.said).get(first, frozenset())
        if second not in group:
            own = self._own(first, second, lambda link: link.relation != APART)
            if not own:
                return Refusal("We have not linked these: only who said it takes it back.")
            return _command([self._gone(link) for link in own])
        refused: Refusal | None = None
        for leaves in (second, first):
            cuts = [self._cut(leaves, other) for other in sorted(group) if self._joins(leaves, other)]
            refused = refused or next((cut for cut in cuts if isinstance(cut, Refusal)), None)
            if not any(isinstance(cut, Refusal) for cut in cuts):
                return _command([link for cut in cuts if not isinstance(cut, Refusal) for link in cut])
        return refused or Refusal("Nothing joins them.")

    def _cut(self, one: End, other: End) -> list[Link] | Refusal:
        """The words that part a pair, whoever joined it; a refusal where neither of the two is ours."""
        if self.operator.agency not in {one[0], other[0]}:
            who = " or ".join(sorted({self.called(one[0]), self.called(other[0])}))
            return Refusal(f"Neither of these is ours: {who} takes them apart.")
        own = self._own(one, other, lambda link: link.relation == SAME)
        others = any(
            agency != self.operator.agency and link.relation == SAME and speaks_for(agency, link)
            for agency, link in self._between(one, other)
        )
        if not others:
            return [self._gone(link) for link in own]
        if own:  # our own word turns into its contrary
            return [self._next(own[0], relation=APART), *(self._gone(link) for link in own[1:])]
        return [self._new(one, other, APART)]

    def _joins(self, one: End, other: End) -> bool:
        """Whether some word between the two themselves makes them one."""
        said = self._between(one, other)
        return one != other and other in same_incidents(said).get(one, ())

    def _say(self, first: End, second: End, relation: str, *, anew: bool = False) -> Command | Refusal:
        own = [] if anew else self._own(first, second, lambda link: link.relation in {SAME, APART, RELATED})
        if not own:
            return Command(self._new(first, second, relation))
        return _command([self._next(own[0], relation=relation), *(self._gone(link) for link in own[1:])])

    def _own(self, first: End, second: End, wanted: Callable[[Link], bool]) -> list[Link]:
        own = self.operator.agency
        found = [link for agency, link in self._between(first, second) if agency == own and wanted(link)]
        return sorted(found, key=lambda link: link.id)

    def _between(self, first: End, second: End) -> list[Said]:
        return [(agency, link) for agency, link in self.said if set(ends_of(link) or ()) == {first, second}]

    def _new(self, first: End, second: End, relation: str) -> Link:
        return Link(
            id=self.new_id(),
            at=self.at,
            rev=1,
            by=self.operator.name,
            relation=relation,
            first="/".join(first),
            second="/".join(second),
        )

    def _next(self, link: Link, **fields: object) -> Link:
        head = {"at": self.at, "rev": link.rev + 1, "by": self.operator.name, "signature": None}
        return msgspec.structs.replace(link, **head, **fields)

    def _gone(self, link: Link) -> Link:
        return self._next(link, deleted=True)

    def _why_not(self, first: End, second: End, *, one_is_ours: bool = True) -> Refusal | None:
        refusal = may(self.operator, "link_incidents")
        if refusal is not None:
            return refusal
        if first == second or not all((*first, *second)):
            return Refusal("Choose two incidents.")
        if one_is_ours and self.operator.agency not in {first[0], second[0]}:
            who = " or ".join(dict.fromkeys((self.called(first[0]), self.called(second[0]))))
            return Refusal(f"Neither of these is ours: {who} says whether they are one.")
        return None


def likeness(first: Incident, second: Incident) -> Likeness:
    """How far apart two incidents are, in place, time and type."""
    metres: float | None = None
    if first.lat is not None and first.lon is not None and second.lat is not None and second.lon is not None:
        metres = float(distance_m(first.lat, first.lon, second.lat, second.lon))
    began = [one.opened_at or one.at for one in (first, second)]
    seconds = abs((began[0] - began[1]).total_seconds())
    fits = compatible(first.type, second.type)
    likely = fits and metres is not None and metres <= NEAR_M and seconds <= WITHIN.total_seconds()
    likely = likely and not {first.status, second.status} & INCIDENT_OVER
    words = [_far(metres), f"begun {_apart(seconds)} apart", _types(first.type, second.type, fits)]
    return Likeness(metres, seconds, fits, likely, ", ".join(words))


def _command(links: Iterable[Link]) -> Command | Refusal:
    bodies = list(links)
    return Command(bodies[0], tuple(bodies[1:])) if bodies else Refusal("Nothing joins them.")


def _far(metres: float | None) -> str:
    if metres is None:
        return "no place to compare"
    if metres < 50:
        return "at the same place"
    return f"{round(metres / 10) * 10} m away" if metres < 1000 else f"{metres / 1000:.1f} km away"


def _apart(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"


def _types(first: str, second: str, fits: bool) -> str:
    if first == second:
        return "of the same type"
    names = " and ".join(label(INCIDENT_TYPES, one).lower() for one in (first, second))
    return f"{names} may be told of one event" if fits else f"{names} are different things"
