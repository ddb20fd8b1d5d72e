"""What an alert message means (CAP 1.2 §3.2), whether it came as XML or as JSON: its identity, what it replaces, when
it ends, and one alert made of all its hazards."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from cop.domain.area import Alert
from cop.domain.log import LogEntry
from cop.domain.report import Body, Report
from cop.feeds.adapters import cap_shapes, readings
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Message

#: of one alert; it names hundreds only if something is wrong
REFERENCES_LIMIT = 500
LOSSES_LIMIT = 40
_IDENTITIES_REMEMBERED = 100_000
_PIECES_OF_A_REFERENCE = 16
_MOMENTS_REMEMBERED, _LONGEST_MOMENT = 1_000, 40

SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor")
_URGENCIES = ("Immediate", "Expected", "Future", "Past")
_CERTAINTIES = ("Observed", "Very Likely", "Likely", "Possible", "Unlikely")  # the second one is of CAP 1.0
_STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
_TYPES = ("Alert", "Update", "Cancel", "Ack", "Error")
_WORDS = {
    word.casefold(): word for words in (SEVERITIES, _URGENCIES, _CERTAINTIES, _STATUSES, _TYPES) for word in words
}
_RANKS = {word: rank for words in (SEVERITIES, _URGENCIES, _CERTAINTIES) for rank, word in enumerate(words)}
_LOWEST = 9
_ALL_CLEAR = ["AllClear"]
_EXERCISES = frozenset({"Exercise", "Test"})


@dataclass(slots=True)
class Hazard:
    """One `info` block: a language, or a hazard of its own. Texts as they came; "" is not said."""

    language: str = ""
    event: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    severity: str = ""
    urgency: str = ""
    certainty: str = ""
    sender_name: str = ""
    effective: str = ""
    onset: str = ""
    expires: str = ""
    #: when the event itself ends, where the sender tells that from the age of the message (US weather)
    ends: str = ""
    responses: list[str] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    losses: dict[str, str] = field(default_factory=dict)
    #: the hazards that this one was made of
    several: tuple["Hazard", ...] = ()
    #: "lat,lon lat,lon …" and "lat,lon radius" (§3.2.4)
    polygons: list[str] = field(default_factory=list)
    circles: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Said:
    """The head of an alert message, and its hazards. Texts as they came; "" is not said."""

    identifier: str
    sender: str
    sent: str
    status: str
    type: str
    note: str = ""
    references: list[tuple[str, str]] = field(default_factory=list)
    hazards: list[Hazard] = field(default_factory=list)
    #: language and headline of what was said in other languages than the operator's
    others: list[tuple[str, str]] = field(default_factory=list)
    #: GeoJSON, where the message brings it instead of polygons and circles
    geometry: dict[str, Any] | None = None
    #: of a circle that is drawn as polygon
    corners: int = 48
    losses: dict[str, str] = field(default_factory=dict)


class Identities:
    """Which sender an id belongs to, so that two senders of one feed who use the same identifier stay apart.

    The one who is heard of first has the plain id, the other one with a hash behind it. The oldest of 100,000 are
    forgotten, and all of them when the feed process starts anew; where that matters, `always` gives every id its hash.
    """

    def __init__(self, *, always: bool = False) -> None:
        self._always = always
        self._owners: dict[str, tuple[str, str]] = {}

    def id_of(self, sender: str, identifier: str) -> str:
        """The id of a sender's alert. Raises BadMessage for an empty identifier."""
        plain, who = readings.identifier(identifier), _who(sender, identifier)
        if self._always:
            return _beside(plain, who)
        owner = self._owners.get(plain)
        if owner is None:
            self._remember(plain, who)
        elif owner != who:
            plain = _beside(plain, who)
            if plain not in self._owners:
                self._remember(plain, who)
        return plain

    def referred(self, sender: str, identifier: str, by: str) -> str:
        """The id of the alert that a message of sender `by` refers to.

        Some write another name of theirs into the reference than into the alert; a sender always means their own
        alert before another's.
        """
        plain, who = readings.identifier(identifier), _who(sender or by, identifier)
        if self._always:
            return _beside(plain, who)
        owner = self._owners.get(plain)
        if owner is None:
            if who == _who(by, identifier):
                self._remember(plain, who)
            return plain
        if owner == who:
            return plain
        beside = _beside(plain, who)
        if beside not in self._owners and owner == _who(by, identifier):
            return plain
        return beside

    def _remember(self, plain: str, who: tuple[str, str]) -> None:
        if len(self._owners) >= _IDENTITIES_REMEMBERED:
            del self._owners[next(iter(self._owners))]
        self._owners[plain] = who


def _who(sender: str, identifier: str) -> tuple[str, str]:
    if len(sender) + len(identifier) <= 512:
        return sender, identifier
    return "", hashlib.sha256(f"{sender}\0{identifier}".encode()).hexdigest()


def _beside(plain: str, who: tuple[str, str]) -> str:
    return readings.identifier(f"{plain}~{hashlib.sha256(chr(0).join(who).encode()).hexdigest()[:8]}")


def triples(text: str) -> tuple[list[tuple[str, str]], bool]:
    """Sender and identifier of each `sender,identifier,sent` of a `references` element, and whether all was read.

    Triples are parted by blanks or line ends (CAP 1.2 §3.2.1). Identifiers may hold commas, so each is read from both
    ends; senders and identifiers that hold blanks against the rule are put together again until the time ends them.
    Identifiers alone, without any comma, are taken as the sender's own (sender "").
    """
    if "," not in text:
        return [("", token) for token in text.split()], True
    found: list[tuple[str, str]] = []
    pieces: list[str] = []
    complete = True
    for token in text.split():
        head, _, tail = token.rpartition(",")
        if not pieces and "," in head:  # whole in itself, whatever stands where the time should be
            sender, _, identifier = head.partition(",")
        else:
            pieces.append(token)
            head, _, tail = " ".join(pieces).rpartition(",")
            sender, comma, identifier = head.partition(",")
            if not comma or not _begins_a_time(tail):
                if len(pieces) == _PIECES_OF_A_REFERENCE:
                    complete = False
                    pieces.clear()
                continue
        pieces.clear()
        sender, identifier = sender.strip(), identifier.strip(" ,")
        if identifier:
            found.append((sender, identifier))
        else:
            complete = False
    return found, complete and not pieces


def _begins_a_time(text: str) -> bool:
    text = text.strip()
    return text[:4].isdigit() and text[4:5] == "-"


class _Head(NamedTuple):
    """What was understood of a message's head."""

    id: str
    at: datetime
    by: str
    type: str
    status: str
    referred: tuple[str, ...]


class AlertVoice:
    """Makes the reports of alert messages for one feed: keeps identities apart and gives every alert an end."""

    def __init__(
        self, voice: Voice, zone: tzinfo, expires_after_h: float, language: str = "", *, several_senders: bool = False
    ) -> None:
        self._voice = voice
        self._zone = zone
        self._expires_after = timedelta(hours=expires_after_h)
        self._expires_after_h = expires_after_h
        self._language = language.casefold().replace("_", "-")
        self._identities = Identities(always=several_senders)
        #: the same few times stand several times in an alert, and in all alerts of a feed
        self._moments: dict[str, datetime] = {}

    def reports(self, message: Message, said: Said, *, exercise: bool = False) -> list[Report]:
        """An alert, or a line in the log for what never alarms (Ack, Error). Raises BadMessage."""
        losses: dict[str, str] = {}
        plain = len(said.hazards) == 1 and not said.others
        hazard = said.hazards[0] if plain else self._one_of(said, losses)
        kind, status = self._words(said, losses)
        sent, fixed = self._sent(message, said, hazard, losses)
        alert_id = self._id(said, hazard, sent if fixed else None, losses)
        referred = self._referred(said, losses) if said.references else ()
        by = readings.name(hazard.sender_name or said.sender)
        if said.sender and by != said.sender:
            losses["sender"] = readings.loss(said.sender)
        head = _Head(alert_id, sent, by, kind, status, referred)
        stale_at = None
        if kind in ("Ack", "Error"):
            body: Body = _line(said, hazard, head, losses)
        else:
            body, stale_at = self._alert(said, hazard, head, losses)
        return [
            self._voice.report(
                message,
                body,
                original=(said.identifier, said.type or "Alert"),
                stale_at=stale_at,
                exercise=exercise or status in _EXERCISES,
                losses=_joined(losses, said.losses, hazard.losses),
            )
        ]

    def _alert(self, said: Said, hazard: Hazard, head: _Head, losses: dict[str, str]) -> tuple[Alert, datetime | None]:
        """The alert, and when its words are stale."""
        geometry = said.geometry
        if geometry is None and (hazard.polygons or hazard.circles):
            geometry = cap_shapes.union(hazard.polygons, hazard.circles, losses, corners=said.corners)
        cancels, referred = head.type == "Cancel", head.referred
        if cancels and not referred:
            referred = (head.id,)
            losses["references"] = "none that can be read: it cancels its own identifier alone"
        starts_at, expires_at, stale_at = self._times(hazard.several or (hazard,), head.at, losses, cancels=cancels)
        event, headline = hazard.event, hazard.headline
        if said.note:
            losses["note"] = readings.loss(said.note)
            headline = headline if said.hazards else said.note
        for name, text in (("event", event), ("headline", headline)):
            if len(text) > readings.SHORT:
                losses[name] = f"cut at {readings.SHORT} of {len(text)} characters"
        alert = Alert(
            id=head.id,
            at=head.at,
            by=head.by,
            event=readings.name(event) or "unknown",
            headline=readings.name(headline),
            description=readings.prose(hazard.description) if hazard.description else "",
            instruction=readings.prose(hazard.instruction) if hazard.instruction else "",
            area=readings.prose("; ".join(hazard.areas)) if hazard.areas else "",
            status=head.status,
            severity=word(hazard.severity) or "Unknown",
            urgency=word(hazard.urgency) or "Unknown",
            certainty=word(hazard.certainty) or "Unknown",
            geometry=geometry,
            starts_at=starts_at,
            expires_at=expires_at,
            supersedes=tuple(one for one in referred if one != head.id) if head.type == "Update" else (),
            cancels=referred if cancels else (),
        )
        return alert, stale_at

    @staticmethod
    def _words(said: Said, losses: dict[str, str]) -> tuple[str, str]:
        """Type and status; what is not said is taken so that no true alarm is hidden."""
        kind, status = word(said.type), word(said.status)
        if kind not in _TYPES:
            if kind:
                losses["msgType"] = readings.loss(f"{said.type}: unknown, taken as Alert")
            kind = "Alert"
        if not status:
            status = "Actual"
            losses["status"] = "none said: taken as Actual"
        return kind, status

    def heard(self, languages: list[str]) -> list[bool]:
        """Which of several info blocks to read: those in the operator's language, else in that of the first."""
        plain = [(one or "en-us").casefold().replace("_", "-") for one in languages]  # the default of §3.2.2
        for begin in (self._language, self._language.partition("-")[0], *plain[:1]):
            heard = [one.startswith(begin) for one in plain]
            if any(heard):
                return heard
        return []

    @staticmethod
    def _one_of(said: Said, losses: dict[str, str]) -> Hazard:
        """One hazard of none or of several: of those that are not over, the worst first; the others become losses."""
        for language, headline in said.others:
            add_loss(losses, f"headline {language or 'in no language said'}", headline)
        hazards = said.hazards
        if not hazards:
            losses["info"] = "none"
            return Hazard()
        active = [hazard for hazard in hazards if hazard.responses != _ALL_CLEAR]
        if active and len(active) < len(hazards):
            for hazard in hazards:
                if hazard.responses == _ALL_CLEAR:
                    add_loss(losses, "all clear", f"{hazard.event}: {'; '.join(hazard.areas)}")
            hazards = active
        if len(hazards) == 1:
            return hazards[0]
        hazards = sorted(hazards, key=_rank)
        for hazard in hazards:
            figures = "/".join((hazard.urgency, hazard.severity, hazard.certainty))
            times = " ".join(filter(None, (hazard.onset, hazard.ends or hazard.expires)))
            add_loss(losses, "hazards", f"{hazard.event} {figures} {times}".strip())
        return _joint(hazards)

    def _sent(self, message: Message, said: Said, hazard: Hazard, losses: dict[str, str]) -> tuple[datetime, bool]:
        """The sender's time, and whether it is theirs; of a message that does not say it, that of its receipt."""
        at = self._moment("sent", said.sent, losses)
        if at is not None:
            return at, True
        at = self._moment("effective", hazard.effective, losses)
        if at is not None:
            losses["sent"] = "not readable: effective stands for it"
            return at, True
        if message.retained:
            raise BadMessage("a retained alert without a time")
        losses["sent"] = "no time in the message: the time of receipt stands for it"
        return message.received_at, False

    def _id(self, said: Said, hazard: Hazard, sent: datetime | None, losses: dict[str, str]) -> str:
        if said.identifier:
            return self._identities.id_of(said.sender, said.identifier)
        if not said.hazards:
            raise BadMessage("an alert has neither identifier nor info")
        losses["identifier"] = "none: made from sender, time and event"
        time = sent.isoformat() if sent is not None else ""
        what = "\0".join((said.sender, time, hazard.event, hazard.headline, *hazard.areas[:1]))
        return f"alert-{hashlib.sha256(what.encode()).hexdigest()[:16]}"

    def _referred(self, said: Said, losses: dict[str, str]) -> tuple[str, ...]:
        """The ids of the alerts that a message refers to."""
        found = dict.fromkeys(
            self._identities.referred(sender, identifier, said.sender)
            for sender, identifier in said.references[:REFERENCES_LIMIT]
        )
        if len(said.references) > REFERENCES_LIMIT:
            losses["references"] = f"only the first {REFERENCES_LIMIT} of {len(said.references)} are read"
        return tuple(found)

    def _times(
        self, hazards: tuple[Hazard, ...], sent: datetime, losses: dict[str, str], *, cancels: bool
    ) -> tuple[datetime | None, datetime | None, datetime | None]:
        """When the alert begins and ends, and when its words are stale; of several hazards the widest span.

        A cancellation has no end: what it calls off must not come back because it ran out.
        """
        starts, ends, stale = [], [], []
        for hazard in hazards:
            effective = self._moment("effective", hazard.effective, losses)
            onset = self._moment("onset", hazard.onset, losses)
            expires = self._moment("expires", hazard.expires, losses)
            begins = onset or effective
            if begins is not None:
                starts.append(begins)
            if expires is not None:
                stale.append(expires)
            over = self._moment("ends", hazard.ends, losses) or expires
            if over is None and not cancels:
                losses.setdefault("expires", f"none said: ends after {self._expires_after_h:g} h by the feed's rule")
                over = max(sent if effective is None else effective, begins or sent) + self._expires_after
            if over is not None:
                ends.append(over)
        starts_at = min(starts) if starts else None
        if cancels:
            if stale:
                losses["expires"] = readings.loss(hazards[0].expires)
            return starts_at, None, None
        return starts_at, max(ends), min(stale) if stale else None

    def _moment(self, name: str, text: str, losses: dict[str, str]) -> datetime | None:
        if not text:
            return None
        at = self._moments.get(text)
        if at is not None:
            return at
        try:
            at = readings.moment_of_text(text, self._zone)
        except BadMessage:
            losses.setdefault(name, readings.loss(f"not a time: {text}"))
            return None
        if len(text) < _LONGEST_MOMENT:
            if len(self._moments) >= _MOMENTS_REMEMBERED:
                self._moments.clear()
            self._moments[text] = at
        return at


def _joint(hazards: list[Hazard]) -> Hazard:
    """Several hazards, the worst first, as one: its words, the texts and the areas of all."""
    worst = hazards[0]
    return Hazard(
        event=" / ".join(_distinct(hazard.event for hazard in hazards)),
        headline=" / ".join(_distinct(hazard.headline for hazard in hazards)),
        description="\n\n".join(_headed(hazards, "description")),
        instruction="\n\n".join(_headed(hazards, "instruction")),
        severity=worst.severity,
        urgency=worst.urgency,
        certainty=worst.certainty,
        sender_name=worst.sender_name,
        effective=worst.effective,
        areas=_distinct(area for hazard in hazards for area in hazard.areas),
        polygons=[polygon for hazard in hazards for polygon in hazard.polygons],
        circles=[circle for hazard in hazards for circle in hazard.circles],
        losses=_joined({}, *(hazard.losses for hazard in hazards)),
        several=tuple(hazards),
    )


def _line(said: Said, hazard: Hazard, head: _Head, losses: dict[str, str]) -> LogEntry:
    """An acknowledgement or an error, whatever comes back with it."""
    about = ", ".join(identifier for _, identifier in said.references[:REFERENCES_LIMIT]) or "nothing named"
    text = f"{'Acknowledgement' if head.type == 'Ack' else 'Error'} of {readings.loss(about)}"
    add_loss(losses, "event", hazard.event)
    add_loss(losses, "headline", hazard.headline)
    text = readings.prose(f"{text}: {said.note}" if said.note else text)
    return LogEntry(id=head.id, at=head.at, by=head.by, text=text)


def word(text: str) -> str:
    """A word of CAP in its own spelling, another as it came, "" for none."""
    if text in _RANKS or not text:
        return text
    return _WORDS.get(text.casefold()) or readings.name(text)


def _rank(hazard: Hazard) -> tuple[int, ...]:
    words = (hazard.severity, hazard.urgency, hazard.certainty)
    return tuple(_RANKS.get(word(one), _LOWEST) for one in words)


def _headed(hazards: list[Hazard], name: str) -> list[str]:
    """Each hazard's text below its event, the same text once."""
    texts = {text: hazard.event for hazard in reversed(hazards) if (text := getattr(hazard, name))}
    if len(texts) < 2:
        return list(texts)
    return [f"{event.upper()}\n{text}" for text, event in reversed(texts.items())]


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))


def add_loss(losses: dict[str, str], name: str, text: str) -> None:
    """Note what goes nowhere else, as bounded text; more of the same name is added to its line."""
    before = losses.get(name)
    if before is None:
        if text and len(losses) < LOSSES_LIMIT:
            short = len(text) <= readings.SHORT and text.isprintable()
            losses[name[: readings.SHORT]] = text if short else readings.loss(text)
    elif len(before) < readings.SHORT and text != before:
        losses[name] = readings.loss(f"{before} | {text[: readings.SHORT]}")


def _joined(own: dict[str, str], *theirs: dict[str, str]) -> dict[str, str]:
    """Our remarks first, then what nobody read, as many as there is room for."""
    for losses in theirs:
        if len(own) + len(losses) <= LOSSES_LIMIT and own.keys().isdisjoint(losses):
            own |= losses
            continue
        for name, text in losses.items():
            add_loss(own, name, text)
    return own
