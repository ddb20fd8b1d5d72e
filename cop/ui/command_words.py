"""Who is in command of an incident, in words: the same on its page, in a notice and in the inbox."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cop.domain.command import IncidentCommand
from cop.domain.rules.command import Commander, Offer, Standing, Void
from cop.domain.words import ROLES, label
from cop.picture.change import Change, Key
from cop.ui import wording
from cop.ui.acts.command import Asked
from cop.ui.desk import Desk

_REASON = 240
#: what is older than this when it is first heard of is no news
_FRESH = timedelta(minutes=2)
_VOID = {
    "withdrawn": "{who} took an offer that {giver} had taken back: it does not count",
    "unseen": "{who} says that it took over from {giver}; the offer has not come here yet",
    "not_offered": "{who} says that it took over from {giver}, which did not offer it",
}


@dataclass(frozen=True, slots=True)
class CommandWords:
    """What a page says of command; what is empty is not shown.

    `who`: the state in few words, `people`: a line for each in command, `asks`: what waits for our answer, `open`: what
    waits for others', `notes`: what was declined or does not count. `tone` is that of `who`.
    """

    who: str
    tone: str = "strong"
    people: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def command_words(desk: Desk, incident: Key, standing: Standing) -> CommandWords:
    """Who is in command, since when, and what is under way."""
    own, now = desk.operator.agency, desk.now()
    asks, open_ = [], []
    for offer in standing.offers:
        waits = wording.waiting((now - offer.at).total_seconds())
        if offer.taker == own:
            asks.append(f"{_name(desk, offer.giver)} offers us command{_because(offer.reason)} · waiting {waits}")
        elif offer.giver == own:
            open_.append(f"Offered to {_name(desk, offer.taker)}, no answer yet · {waits}. We command until then.")
        else:
            open_.append(f"{_name(desk, offer.giver)} offers command to {_name(desk, offer.taker)} · {waits}")
    for one in standing.proposals:
        who, other = _name(desk, one.agency), _name(desk, one.other)
        led = f" under {wording.one_line(one.lead)}" if one.lead else ""
        if one.other == own:
            asks.append(f"{who}{led} would command together with us{_because(one.reason)}")
        elif one.agency == own:
            open_.append(f"We asked {other} to command together, no answer yet")
        else:
            open_.append(f"{who}{led} would command together with {other}")
    notes = [f"{_name(desk, one.taker)} declined command{_because(one.reason)}" for one in standing.declined] + [
        void_words(desk, one) for one in standing.voids
    ]
    who, tone = _who(desk, standing)
    single = standing.state in {"one", "handing_over"}
    people = () if single else tuple(_person(desk, one) for one in standing.commanders)
    if single:
        people = (_alone(desk, standing.commanders[0]),)
    return CommandWords(who, tone, people, tuple(asks), tuple(open_), tuple(notes))


def asked_words(desk: Desk, asked: Asked) -> str:
    """What waits for our answer, on one line: "Gastonia FD offers us command of Rail derailment: crew is spent"."""
    report = desk.picture.incidents.get(asked.incident)
    title = wording.incident_title(report) if report is not None else wording.one_line(asked.incident[1])
    who = _name(desk, asked.agency)
    if asked.kind == "hand_over":
        return f"{who} offers us command of {title}{_because(asked.reason)}"
    return f"{who} would command {title} together with us{_because(asked.reason)}"


def void_words(desk: Desk, void: Void) -> str:
    """Why an acceptance does not count."""
    return "⚠ " + _VOID[void.why].format(who=_name(desk, void.agency), giver=_name(desk, void.giver))


def offer_hint(desk: Desk, incident: Key, offer: Offer) -> str:
    """What accepting brings: "5 open tasks of Gastonia FD go with it"; empty if none."""
    tasks = len(desk.command.tasks_of(incident, offer.giver))
    if not tasks:
        return ""
    giver = _name(desk, offer.giver)
    return f"{tasks} open tasks of {giver} go with it." if tasks > 1 else f"1 open task of {giver} goes with it."


def command_log(desk: Desk, about: Iterable[Key]) -> Iterator[tuple[datetime, str]]:
    """What agencies last said of command of an incident (`about` are its reports), each with its time."""
    for agency, word in desk.picture.commanding.words(next(iter(about), ("", ""))):
        who, why = f"{_name(desk, agency)}{_by(word)}", _because(word.reason)
        if word.taken_from and word.since is not None:
            yield word.since, f"{who} took command over from {_name(desk, word.taken_from)}"
        elif word.holds and word.since is not None:
            yield word.since, f"{who} took command"
        if word.holds and word.offered_to:
            yield word.at, f"{who} offered command to {_name(desk, word.offered_to)}{why}"
        elif word.declined_from and not word.holds:
            yield word.at, f"{who} declined command from {_name(desk, word.declined_from)}{why}"
        elif not word.holds and word.since is not None:
            yield word.at, f"{who} gave command up{why}"


class CommandNews:
    """Says what changed about command, once: what we are asked, and who commands now where it concerns us."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._asked: set[tuple[object, ...]] = set()
        self._standings: dict[Key, Standing] = {}

    def take(self, change: Change) -> list[str]:
        """What a pulse brought, in words."""
        if not (change.commands or change.links):
            return []
        desk = self._desk
        found: list[str] = []
        asked = {_key(one): one for one in desk.command.waiting_for_us()}
        found += [asked_words(desk, one) for key, one in asked.items() if key not in self._asked]
        self._asked = set(asked)
        before, self._standings = (
            self._standings,
            {key: desk.command.standing(key) for key in desk.picture.commanding.incidents()},
        )
        for key, standing in self._standings.items():
            was = before.get(key, Standing())
            if key not in before and not self._is_fresh(standing):
                continue  # how it stood before this desk came
            if was != standing and (words := self._told(key, was, standing)):
                found.append(words)
        return found

    def _is_fresh(self, standing: Standing) -> bool:
        since = [one.since for one in standing.commanders if one.since is not None]
        return any(self._desk.now() - one < _FRESH for one in since)

    def _told(self, incident: Key, was: Standing, now: Standing) -> str:
        desk, own = self._desk, self._desk.operator.agency
        report = desk.picture.incidents.get(incident)
        title = wording.incident_title(report) if report is not None else wording.one_line(incident[1])
        if now.state == "contested" and was.state != "contested":
            return f"⚠ Command of {title} is claimed by {_joined(desk, now.agencies)}"
        if set(now.agencies) != set(was.agencies) and (own in {*was.agencies, *now.agencies} or incident[0] == own):
            if not now.agencies:
                return f"⚠ Nobody is in command of {title}"
            return f"{_joined(desk, now.agencies)} {'is' if len(now.agencies) == 1 else 'are'} in command of {title}"
        new = [one for one in now.declined if one not in was.declined and one.giver == own]
        if new:
            return f"{_name(desk, new[0].taker)} declined command of {title}{_because(new[0].reason)}"
        void = [one for one in now.voids if one not in was.voids and one.agency == own and one.why != "unseen"]
        return void_words(desk, void[0]) if void else ""


def _key(asked: Asked) -> tuple[object, ...]:
    return (asked.incident, asked.kind, asked.agency, asked.offer.revs if asked.offer is not None else asked.since)


def _who(desk: Desk, standing: Standing) -> tuple[str, str]:
    if standing.state == "nobody":
        return "Nobody is in command yet", "warn"
    if standing.state == "contested":
        sides = (_joined(desk, side) for side in standing.sides)
        return f"⚠ Command is claimed by {' and by '.join(sides)}", "bad"
    if standing.state == "unified":
        return "Unified command", "strong"
    (agency,) = standing.agencies
    return "We are in command" if agency == desk.operator.agency else f"{_name(desk, agency)} is in command", "strong"


def _alone(desk: Desk, one: Commander) -> str:
    who = wording.one_line(one.name)
    return " · ".join(part for part in (who, _since(desk, one)) if part)


def _person(desk: Desk, one: Commander) -> str:
    name = wording.one_line(one.name) or "nobody named"
    return f"{_name(desk, one.agency)}: {' · '.join(part for part in (name, _since(desk, one)) if part)}"


def _since(desk: Desk, one: Commander) -> str:
    if one.since is None:
        return ""
    now = desk.now()
    return f"since {wording.clock_or_date(one.since, now)} · {wording.span((now - one.since).total_seconds())}"


def _because(reason: str) -> str:
    words = wording.shortened(wording.one_line(reason), _REASON)
    return f": {words}" if words else ""


def _by(word: IncidentCommand) -> str:
    """The person who said it, and in which role: ", B. Moss, incident commander"."""
    parts = (wording.shortened(wording.one_line(word.by), 60), label(ROLES, word.role).lower() if word.role else "")
    return "".join(f", {part}" for part in parts if part)


def _joined(desk: Desk, agencies: Iterable[str]) -> str:
    names = [_name(desk, one) for one in agencies]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _name(desk: Desk, agency: str) -> str:
    return wording.shortened(wording.agency_name(desk.picture, agency), 60)
