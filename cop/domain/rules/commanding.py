"""What a desk may say about command of an incident: every action returns the words to say, or a refusal and its reason.

A desk speaks for its own agency alone. What several agencies report as one incident has one command: whoever gives it
up gives it up under each of those names.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import msgspec

from cop.domain.command import HandOver, IncidentCommand, command_id
from cop.domain.desk import Command, Operator, Refusal
from cop.domain.rules.actions import may
from cop.domain.rules.command import Offer, Standing, Word, commanders, is_offered, newest_words, takings
from cop.domain.rules.same import End
from cop.domain.task import Task

#: as many past hand-overs as a word carries
_KEPT = 200
_NAMES = 50
#: another word of ours has another revision: what was offered could not be accepted any more
_HANDING_OVER = Refusal("Command is being handed over: withdraw that first.")


#: a tenure that begins anew: nothing is offered, nothing taken from anybody
_FRESH: Mapping[str, object] = {
    "offered_to": "",
    "taken_from": "",
    "taken_rev": 0,
    "declined_from": "",
    "declined_rev": 0,
    "with_agencies": (),
    "reason": "",
}


class Here:
    """How command stands as this desk sees it, and its own agency's words about it."""

    def __init__(
        self,
        operator: Operator,
        incident: End,
        said: Iterable[Word],
        at: datetime,
        called: Callable[[str], str] = str,
    ) -> None:
        """`called` gives an agency's name for a refusal."""
        said = list(said)
        self.called = called
        self.operator, self.incident, self.at = operator, incident, at
        self.standing: Standing = commanders(said)
        self.newest = newest_words(said)
        self.own = {key: word for (agency, key), word in self.newest.items() if agency == operator.agency}
        self.in_command = operator.agency in self.standing.agencies
        #: the incidents of the group under which we hold: a holding that somebody took over is none any more
        self.held = [key for key, word in self.own.items() if word.holds and self._taker(key) is None]

    def why_not(self, name: str | None = None) -> Refusal | None:
        """Why this desk may not act at all; `name` is who commands, where somebody must be named."""
        refusal = may(self.operator, "take_command")
        if refusal is not None:
            return refusal
        if not all(self.incident):
            return Refusal("Choose the incident.")
        if len(command_id(*self.incident)) < len("~".join(self.incident)):
            return Refusal("This incident's id is too long to speak of its command.")
        return None if name is None or name.strip() else Refusal("Name the person who is in command for us.")

    def why_not_in_command(self) -> Refusal | None:
        """Why what only a commander does is not ours to do."""
        if self.in_command:
            return None
        return Refusal(f"{self.who_is} in command.")

    @property
    def who_is(self) -> str:
        """Who is in command, to be followed by "in command": "Gastonia FD is"."""
        names = [self.called(one) for one in self.standing.agencies]
        return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}" if names else "Nobody is"

    def took(self, key: End) -> tuple[HandOver, ...]:
        """All that we accepted under this incident so far, and that was offered to us."""
        own = self.own.get(key)
        known = ((one, self.newest.get((one.agency, key))) for one in takings(own)) if own is not None else ()
        return tuple(one for one, giver in known if giver is None or is_offered(giver, self.operator.agency, one.rev))

    def why_not_offered(self, seen: Offer) -> Refusal | None:
        """Why an offer cannot be answered: gone, changed, never ours."""
        now = self.standing.offer_to(self.operator.agency)
        if now is not None and (now.giver, now.revs) == (seen.giver, seen.revs):
            return None
        if now is not None and now.giver == seen.giver:
            return Refusal(f"{self.called(seen.giver)} has changed its offer meanwhile: look at it again.")
        return Refusal(f"{self.called(seen.giver)} does not offer us command any more.")

    def say(self, changes: Mapping[End, Mapping[str, object]]) -> Command | Refusal:
        """Our next words: what changes, and all that went before."""
        if not changes:
            return Refusal("There is nothing of ours to change.")
        bodies = [self._word(key, fields) for key, fields in changes.items()]
        return Command(bodies[0], tuple(bodies[1:]))

    def _word(self, key: End, fields: Mapping[str, object]) -> IncidentCommand:
        own = self.own.get(key)
        if own is None:
            own = IncidentCommand(id=command_id(*key), at=self.at, incident_agency=key[0], incident=key[1])
        else:
            taker = self._taker(key)
            if taker is not None:
                gave = (*own.gave, HandOver(agency=taker, rev=own.rev))[-_KEPT:]
                own = msgspec.structs.replace(own, gave=gave, holds=False)
        word = msgspec.structs.replace(
            own, id=command_id(*key), at=self.at, rev=own.rev + 1, by=self.operator.name, signature=None
        )
        word = msgspec.structs.replace(word, **fields)
        return msgspec.structs.replace(word, took=tuple(dict.fromkeys(word.took))[-_KEPT:])

    def _taker(self, key: End) -> str | None:
        """Who accepted the offer that our newest word about this incident makes."""
        own = self.own[key]
        theirs = self.newest.get((own.offered_to, key)) if own.offered_to else None
        taken = theirs is not None and HandOver(agency=self.operator.agency, rev=own.rev) in takings(theirs)
        return own.offered_to if taken else None


def take(here: Here, *, name: str = "", reason: str = "") -> Command | Refusal:
    """Take command where nobody has it; where somebody does, with a reason, and it is seen as a conflict."""
    name, reason = name.strip() or here.operator.name, reason.strip()
    if (refusal := here.why_not(name)) is not None:
        return refusal
    if here.in_command:
        return Refusal("We are in command already.")
    offer = here.standing.offer_to(here.operator.agency)
    if offer is not None:
        return Refusal(f"{here.called(offer.giver)} offers us command: accept that.")
    if here.standing.agencies and not reason:
        return Refusal(f"{here.who_is} in command: say why we take it all the same.")
    anew = {"holds": True, "commander": name, "since": here.at, "took": here.took(here.incident), "reason": reason}
    return here.say({here.incident: {**_FRESH, **anew}})


def name_commander(here: Here, name: str) -> Command | Refusal:
    """Another person of ours is in command from now on."""
    if (refusal := here.why_not(name) or here.why_not_in_command()) is not None:
        return refusal
    if here.standing.offer_by(here.operator.agency) is not None:
        return _HANDING_OVER
    return here.say({key: {"commander": name.strip()} for key in here.held})


def offer(here: Here, *, to: str, reason: str = "") -> Command | Refusal:
    """Offer command to another agency; we command until it accepts."""
    if (refusal := here.why_not() or here.why_not_in_command()) is not None:
        return refusal
    if not to or to == here.operator.agency:
        return Refusal("Choose the agency that is to take command.")
    open_offer = here.standing.offer_by(here.operator.agency)
    if open_offer is not None:
        return Refusal(f"It is offered to {here.called(open_offer.taker)} already: withdraw that first.")
    return here.say({key: {"offered_to": to, "reason": reason.strip()} for key in here.held})


def withdraw(here: Here) -> Command | Refusal:
    """Take our offer back, before the other agency has accepted it."""
    if (refusal := here.why_not()) is not None:
        return refusal
    offered = [key for key in here.held if here.own[key].offered_to]
    if not offered:
        return Refusal("Nothing is offered: either it was never, or it has been taken.")
    return here.say({key: {"offered_to": "", "reason": ""} for key in offered})


def accept(here: Here, *, seen: Offer, name: str = "") -> Command | Refusal:
    """Take over what was offered to us; `seen` is the offer that the person looked at."""
    name = name.strip() or here.operator.name
    if (refusal := here.why_not(name) or here.why_not_offered(seen)) is not None:
        return refusal
    changes: dict[End, dict[str, object]] = {}
    for key, rev in seen.revs:
        own, given = here.own.get(key), here.newest[seen.giver, key]
        with_us = {*given.with_agencies, *(own.with_agencies if own is not None else ())}
        changes[key] = {
            "holds": True,
            "commander": name,
            "with_agencies": tuple(sorted(with_us - {here.operator.agency, seen.giver, ""}))[:_NAMES],
            "reason": "",
        }
        if here.in_command and own is not None and key in here.held:  # we are by right of our own, whatever comes of it
            changes[key]["took"] = (*own.took, HandOver(agency=seen.giver, rev=rev))
            continue
        since = here.at if given.since is None else max(here.at, given.since)
        anew = {"since": since, "took": here.took(key), "taken_from": seen.giver, "taken_rev": rev}
        changes[key] = {**_FRESH, **changes[key], **anew}
    return here.say(changes)


def decline(here: Here, *, seen: Offer, reason: str) -> Command | Refusal:
    """Say no to what was offered to us, and why."""
    if (refusal := here.why_not() or here.why_not_offered(seen)) is not None:
        return refusal
    if not reason.strip():
        return Refusal("Say why: they stay in command and must look elsewhere.")
    return here.say(
        {key: {"declined_from": seen.giver, "declined_rev": rev, "reason": reason.strip()} for key, rev in seen.revs}
    )


def relinquish(here: Here, reason: str) -> Command | Refusal:
    """Give command up, or leave a unified command; with a reason, for nobody may be in command then."""
    if (refusal := here.why_not() or here.why_not_in_command()) is not None:
        return refusal
    if not reason.strip():
        return Refusal("Say why: the incident may be without a commander then.")
    keys = [key for key, word in here.own.items() if word.holds or word.with_agencies]
    return here.say(
        {key: {"holds": False, "offered_to": "", "with_agencies": (), "reason": reason.strip()} for key in keys}
    )


def unify(here: Here, *, others: Iterable[str], name: str = "") -> Command | Refusal:
    """Ask others to command together with us, or say yes to those who ask: unified once each has named the other.

    One in command names whom it wants beside it; one that is not names those in command. `name` is our lead.
    """
    own = here.standing.commander(here.operator.agency)
    name = name.strip() or (own.name if own is not None else "") or here.operator.name
    wanted = {one for one in others if one} - {here.operator.agency}
    if (refusal := here.why_not(name)) is not None:
        return refusal
    if not wanted:
        return Refusal("Choose the agency that is to command together with us.")
    if not here.standing.commanders:
        return Refusal("Nobody is in command yet: take command first.")
    if here.standing.offer_by(here.operator.agency) is not None:
        return _HANDING_OVER
    if own is not None:
        return here.say(
            {
                key: {"commander": name, "with_agencies": _named(here.own[key], wanted)}
                for key in here.own
                if here.own[key].holds or here.own[key].with_agencies
            }
        )
    in_command = wanted & set(here.standing.agencies)
    if not in_command:
        return Refusal(f"{here.who_is} in command: ask to share it with them.")
    side = next(side for side in here.standing.sides if in_command & set(side))
    asked = all(_names(here, one, here.operator.agency) for one in in_command)
    named = tuple(sorted({*side, *wanted}))[:_NAMES]
    return here.say(
        {
            here.incident: {
                **_FRESH,
                "holds": asked,  # who was not asked waits, and claims nothing meanwhile
                "commander": name,
                "since": here.at,
                "took": here.took(here.incident),
                "with_agencies": named,
                "reason": "",
            }
        }
    )


def decline_unified(here: Here, *, other: str, reason: str = "") -> Command | Refusal:
    """Say no to an agency that asks to command together, or take our own asking back."""
    if (refusal := here.why_not()) is not None:
        return refusal
    about = [one for one in here.standing.proposals if here.operator.agency in {one.agency, one.other}]
    about = [one for one in about if other in {one.agency, one.other}]
    if not about:
        return Refusal(f"{here.called(other)} does not wait for an answer about commanding together.")
    keys = [key for agency, key in here.newest if agency == other] or [here.incident]
    changes: dict[End, dict[str, object]] = {}
    for key in keys:
        theirs, own = here.newest.get((other, key)), here.own.get(key)
        left = tuple(one for one in own.with_agencies if one != other) if own is not None else ()
        declined = {"declined_from": other, "declined_rev": theirs.rev} if theirs is not None else {}
        changes[key] = {**declined, "with_agencies": left, "reason": reason.strip()}
    for key, own in here.own.items():
        if other in own.with_agencies and key not in changes:
            changes[key] = {"with_agencies": tuple(one for one in own.with_agencies if one != other)}
    return here.say(changes)


def adopted(
    operator: Operator, tasks: Iterable[tuple[str, Task]], at: datetime, new_id: Callable[[], str]
) -> tuple[Task, ...]:
    """The giver's open tasks as ours, each in the place of the old one and for the same unit: they go with command.

    What consent the giver leaned on was given to the giver: ours leans on the hand-over alone.
    """
    found = []
    for agency, task in tasks:
        waits = task.answer_by - (task.asked_at or task.at) if task.answer_by is not None else None
        found.append(
            msgspec.structs.replace(
                task,
                id=new_id(),
                at=at,
                rev=1,
                by=operator.name,
                signature=None,
                asked_at=at,
                answer_by=at + waits if waits is not None else None,
                agreement="",
                clause="",
                replaces=f"{agency}/{task.id}",
                reason="taken over with command",
            )
        )
    return tuple(found)


def _named(own: IncidentCommand, wanted: set[str]) -> tuple[str, ...]:
    return tuple(sorted({*own.with_agencies, *wanted}))[:_NAMES]


def _names(here: Here, agency: str, other: str) -> bool:
    return any(other in word.with_agencies for (whose, _), word in here.newest.items() if whose == agency)
