"""Who is in command of an incident, read from each agency's own word about it.

Pure and exact: the same words in any order, some of them twice or long overtaken, give the same answer on every desk.
Who takes command over names the giver and the revision of its offer: an offer that was withdrawn or changed meanwhile
has another revision, so an old acceptance said again does nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cop.domain.command import HandOver, IncidentCommand
from cop.domain.rules.newer import is_newer
from cop.domain.rules.same import End

#: an agency, and what it says about command of an incident
Word = tuple[str, IncidentCommand]
State = Literal["nobody", "one", "handing_over", "unified", "contested"]


@dataclass(frozen=True, slots=True)
class Commander:
    """An agency in command: the person whom it names (may be empty), and since when."""

    agency: str
    name: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """`giver` wants to hand command over to `taker`; `revs` are what is to be accepted: incident -> revision."""

    giver: str
    taker: str
    at: datetime
    reason: str = ""
    revs: tuple[tuple[End, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """`agency` asks `other` to command together with it, and has no yes yet; `joins` says that it is not in command."""

    agency: str
    other: str
    at: datetime
    joins: bool = False
    reason: str = ""
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Void:
    """`agency` says that it took command over from `giver`, and that does not count.

    `withdrawn`: the offer was taken back or changed before; `unseen`: the offer has not come here yet; `not_offered`:
    it was offered to somebody else, or to nobody.
    """

    agency: str
    giver: str
    why: Literal["withdrawn", "unseen", "not_offered"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Who is in command.

    `commanders` are all who are, the longest in command first; `sides` are those of them who belong together: one
    side, or several where command is contested. `offers` are open; `declined` are those that were turned down, with
    the taker's reason and its time.
    """

    state: State = "nobody"
    commanders: tuple[Commander, ...] = ()
    sides: tuple[tuple[str, ...], ...] = ()
    offers: tuple[Offer, ...] = ()
    declined: tuple[Offer, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    voids: tuple[Void, ...] = ()

    @property
    def agencies(self) -> tuple[str, ...]:
        """The agencies in command, the longest in command first."""
        return tuple(one.agency for one in self.commanders)

    def commander(self, agency: str) -> Commander | None:
        """The one of that agency, if it is in command."""
        return next((one for one in self.commanders if one.agency == agency), None)

    def offer_to(self, agency: str) -> Offer | None:
        """The offer that this agency has not answered."""
        return next((one for one in self.offers if one.taker == agency), None)

    def offer_by(self, agency: str) -> Offer | None:
        """The offer of this agency that nobody has answered."""
        return next((one for one in self.offers if one.giver == agency), None)


def commanders(said: Iterable[Word]) -> Standing:
    """Who is in command of one incident; words about other incidents that are the same as it count too."""
    by_incident: dict[End, dict[str, IncidentCommand]] = {}
    for (agency, incident), word in newest_words(said).items():
        by_incident.setdefault(incident, {})[agency] = word
    by_incident = {incident: dict(sorted(words.items())) for incident, words in sorted(by_incident.items())}
    read = {incident: _Read(words) for incident, words in by_incident.items()}
    words_of: dict[str, list[IncidentCommand]] = {}  # of those who hold, the words by which they do
    for one in read.values():
        for agency in one.holders:
            words_of.setdefault(agency, []).append(one.words[agency])
    names = _Names(by_incident.values(), [one.heirs for one in read.values()], words_of)
    joined = sorted(agency for agency in names.all if agency not in words_of and names.is_joined(agency))
    for agency in joined:
        own = [words[agency] for words in by_incident.values() if agency in words]
        words_of[agency] = [word for word in own if word.with_agencies]
    found = sorted((_commander(agency, words) for agency, words in words_of.items()), key=_order)
    sides = _sides([one.agency for one in found], names)
    offers = _offers(read, declined=False)
    state: State = "nobody"
    if len(sides) > 1:
        state = "contested"
    elif sides:
        state = "unified" if len(sides[0]) > 1 else "handing_over" if offers else "one"
    inside = {agency for side in sides for agency in side}
    return Standing(
        state,
        tuple(one for one in found if one.agency in inside),
        sides,
        offers,
        _offers(read, declined=True),
        names.proposals(inside),
        tuple(sorted({void for one in read.values() for void in one.voids}, key=lambda v: (v.agency, v.giver, v.why))),
    )


def newest_words(said: Iterable[Word]) -> dict[tuple[str, End], IncidentCommand]:
    """What each agency last said of each incident."""
    newest: dict[tuple[str, End], IncidentCommand] = {}
    for agency, word in said:
        key = (agency, (word.incident_agency, word.incident))
        known = newest.get(key)
        if known is None or is_newer(word, known):
            newest[key] = word
    return {key: word for key, word in newest.items() if not word.deleted}


def in_command(agency: str, said: Iterable[Word]) -> bool:
    """Whether an agency is in command, alone or with others."""
    return agency in commanders(said).agencies


def took_over(taker: str, giver: str, said: Iterable[Word], asked_at: datetime) -> bool:
    """Whether what a giver asked at a moment went to a taker with command of this incident.

    The taker has accepted it from the giver, or from one who had it from there. Both must have said so: the taker that
    it accepted this revision, the giver (in it, or ever after) that this taker was offered it. It stays true when
    command goes on to a third: what went with command then does not come back. What a giver asks after it is in
    command anew is its own again: who had it before has no hand in that.
    """
    words = newest_words(said)
    passed: dict[str, set[str]] = {}
    for (agency, incident), word in words.items():
        for taking in takings(word):
            offer = words.get((taking.agency, incident))
            if offer is None or not is_offered(offer, agency, taking.rev):
                continue
            began = offer.since if offer.holds and offer.rev != taking.rev else None
            if taking.agency != giver or began is None or asked_at < began:
                passed.setdefault(taking.agency, set()).add(agency)
    reached, waiting = {giver}, [giver]
    while waiting:
        for one in passed.get(waiting.pop(), ()):
            if one not in reached:
                reached.add(one)
                waiting.append(one)
    return taker != giver and taker in reached


def takings(word: IncidentCommand) -> tuple[HandOver, ...]:
    """All that this agency ever accepted: from whom, by which revision."""
    latest = (HandOver(agency=word.taken_from, rev=word.taken_rev),) if word.taken_from else ()
    return (*word.took, *latest)


def is_offered(offer: IncidentCommand, taker: str, rev: int) -> bool:
    """Whether the giver's newest word says that this revision was an offer to this taker, still open or taken."""
    if offer.rev == rev:
        return offer.offered_to == taker
    return offer.rev > rev and any(one.agency == taker and one.rev == rev for one in offer.gave)


class _Read:
    """The words about one incident: who holds, whose holding has gone on to whom, which acceptances do not count."""

    def __init__(self, words: Mapping[str, IncidentCommand]) -> None:
        self.words = words
        #: giver -> who took its newest word's offer
        self.heirs: dict[str, str] = {}
        for agency, word in words.items():
            for taking in takings(word):
                offer = words.get(taking.agency)
                if offer is None or taking.agency == agency or not offer.holds:
                    continue
                if (offer.rev, offer.offered_to) == (taking.rev, agency):
                    self.heirs[taking.agency] = agency
        for agency in [one for one in self.heirs if self._goes_round(one)]:
            del self.heirs[agency]  # two who forge each other's acceptance are both still there
        self.voids: list[Void] = []
        claims = [agency for agency in words if words[agency].holds and agency not in self.heirs]
        void = {agency: why for agency in claims if (why := self._void(agency)) is not None}
        self.holders = [agency for agency in claims if agency not in void]
        if not self.holders:  # nobody else is there: who says that it is in command counts for what it says
            self.holders, void = claims, {}
        self.voids = list(void.values())

    def _goes_round(self, start: str) -> bool:
        seen, one = {start}, self.heirs.get(start)
        while one is not None and one not in seen:
            seen.add(one)
            one = self.heirs.get(one)
        return one == start

    def _void(self, agency: str) -> Void | None:
        """Why its having taken over does not count; None if it does, or if it took from nobody."""
        word = self.words[agency]
        giver = self.words.get(word.taken_from)
        if giver is None or word.taken_from == agency or not giver.holds or is_offered(giver, agency, word.taken_rev):
            return None
        if giver.rev < word.taken_rev:
            return Void(agency, word.taken_from, "unseen")
        if giver.since is not None and word.since is not None and giver.since > word.since:
            return None  # the giver began anew after that: its offer was over, and now both say that they command
        return Void(agency, word.taken_from, "withdrawn" if giver.rev > word.taken_rev else "not_offered")


class _Names:
    """Who names whom for a command together; who took over from a named one is named in its place."""

    def __init__(
        self,
        words: Iterable[Mapping[str, IncidentCommand]],
        heirs: Iterable[Mapping[str, str]],
        holding: Mapping[str, object],
    ) -> None:
        self._words = tuple(words)
        self._holding = frozenset(holding)
        passed: dict[str, str] = {}
        for one in heirs:
            passed.update({giver: taker for giver, taker in one.items() if giver not in holding})
        self.all: dict[str, set[str]] = {}
        for said in self._words:
            for agency, word in said.items():
                if agency in passed:
                    continue
                named = {_last(name, passed) for name in word.with_agencies if name}
                self.all.setdefault(agency, set()).update(named - {agency})

    def mutual(self, one: str, other: str) -> bool:
        """Whether each of them names the other."""
        return other in self.all.get(one, ()) and one in self.all.get(other, ())

    def is_joined(self, agency: str) -> bool:
        """Whether one in command, whom it names, names it too."""
        return any(other in self._holding and self.mutual(agency, other) for other in self.all[agency])

    def proposals(self, inside: set[str]) -> tuple[Proposal, ...]:
        """Who asks whom, without a yes yet; one of the two is in command."""
        found: dict[tuple[str, str], Proposal] = {}
        for words in self._words:
            for agency, word in words.items():
                for other in self._asked(agency, word, inside):
                    if not any(_turned_down(one, agency, other, inside) for one in self._words):
                        joins = agency not in inside
                        found[agency, other] = Proposal(agency, other, word.at, joins, word.reason, word.commander)
        return tuple(found[pair] for pair in sorted(found))

    def _asked(self, agency: str, word: IncidentCommand, inside: set[str]) -> list[str]:
        if agency not in self.all or not word.with_agencies:
            return []
        open_ones = (one for one in self.all[agency] if agency not in self.all.get(one, ()))
        return sorted(one for one in open_ones if agency in inside or one in inside)


def _turned_down(words: Mapping[str, IncidentCommand], agency: str, other: str, inside: set[str]) -> bool:
    """Whether the other said no, or left: whoever is not in command and spoke after it was asked has answered."""
    asked, said = words.get(agency), words.get(other)
    if asked is None or said is None:
        return False
    no = said.declined_from == agency and said.declined_rev >= asked.rev
    return no or (other not in inside and said.at > asked.at)


def _last(name: str, passed: Mapping[str, str]) -> str:
    seen = {name}
    while (after := passed.get(name)) is not None and after not in seen:
        seen.add(after)
        name = after
    return name


def _commander(agency: str, words: list[IncidentCommand]) -> Commander:
    first = min(words, key=lambda word: (word.since or word.at, word.incident_agency, word.incident))
    name = next((word.commander for word in [first, *words] if word.commander), "")
    return Commander(agency, name, first.since or first.at)


def _order(one: Commander) -> tuple[float, str]:
    return (one.since.timestamp() if one.since is not None else 0.0, one.agency)


def _sides(agencies: list[str], names: _Names) -> tuple[tuple[str, ...], ...]:
    """Who belongs together: each names all the others; who is named by one of a side and names all of it comes in."""
    sides: list[list[str]] = []
    for agency in agencies:
        side = next((side for side in sides if all(names.mutual(agency, one) for one in side)), None)
        if side is not None:
            side.append(agency)
        else:
            sides.append([agency])
    whole = [side for side in sides if len(side) > 1 or not _comes_in(side[0], sides, names)]
    return tuple(tuple(side) for side in (whole or sides))


def _comes_in(agency: str, sides: list[list[str]], names: _Names) -> bool:
    """Whether a single one is on its way into a side: it has a yes of some of them, the rest are still to say it."""
    return any(
        agency not in side
        and len(side) > 1
        and set(side) <= names.all.get(agency, set())
        and any(names.mutual(agency, one) for one in side)
        for side in sides
    )


def _offers(read: Mapping[End, _Read], *, declined: bool) -> tuple[Offer, ...]:
    """The offers of those who hold: the open ones, or those that the taker turned down."""
    found: dict[tuple[str, str], Offer] = {}
    for incident, one in read.items():
        for giver in one.holders:
            word = one.words[giver]
            if not word.offered_to or word.offered_to == giver:
                continue
            taker = one.words.get(word.offered_to)
            no = taker is not None and (taker.declined_from, taker.declined_rev) == (giver, word.rev)
            if no != declined:
                continue
            about = taker if no and taker is not None else word
            known = found.get((giver, word.offered_to))
            revs = (*(known.revs if known is not None else ()), (incident, word.rev))
            found[giver, word.offered_to] = Offer(giver, word.offered_to, about.at, about.reason, revs)
    return tuple(found[pair] for pair in sorted(found))
