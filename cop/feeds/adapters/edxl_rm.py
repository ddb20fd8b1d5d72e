"""EDXL Resource Messaging: requests for resources, and what their owners answer (OASIS EDXL-RM 1.0)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from cop.domain.log import LogEntry
from cop.domain.report import Body, Report, Retraction
from cop.domain.resource import Resource
from cop.domain.task import Answer, Task
from cop.feeds.adapters import edxl, edxl_resource, parts, readings, strict_xml
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.edxl_resource import Item
from cop.feeds.adapters.vocabulary import Vocabulary
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

#: asked for in a thread of messages: the task is known by the id of the message that began it
_REQUESTS = frozenset({"RequestResource", "RequisitionResource"})
#: asked about resources that are out already: a task of its own, answered by its own id
_ASKED_BACK = {"RequestReturn": "Return", "RequestExtendedDeploymentDuration": "Longer deployment"}
_ANSWERS = frozenset({"ResponseToRequestResource", "CommitResource"})
_ANSWERS_BACK = frozenset({"ResponseToRequestReturn", "ResponseToRequestExtendedDeploymentDuration"})
#: nobody is bound by these: they go into the log
_TALK = {
    "RequestInformation": "asks for information",
    "ResponseToRequestInformation": "answers",
    "RequestQuote": "asks for a quote",
    "ResponseToRequestQuote": "quotes",
    "RequestResourceDeploymentStatus": "asks for the deployment status",
}
_OFFER = "OfferUnsolicitedResource"
#: what a resource is that its message says nothing else of
_AVAILABILITY = {
    _OFFER: "available",
    "ReleaseResource": "available",
    "ResponseToRequestResource": "available",
    "CommitResource": "committed",
    "ReportResourceDeploymentStatus": "unknown",
}
MESSAGES = frozenset({*_REQUESTS, *_ASKED_BACK, *_ANSWERS, *_ANSWERS_BACK, *_TALK, *_AVAILABILITY})
#: how far what was sent has come, the last first
_PROGRESS = ("en_route", "on_scene", "complete")
_MESSAGES_LIMIT, _ITEMS_LIMIT = 50, 200
_LONGEST_ETA = timedelta(days=7)
_READ = frozenset(
    {
        *("MessageID", "SentDateTime", "MessageContentType", "OriginatingMessageID", "PrecedingMessageID"),
        *("MessageDescription", "IncidentInformation", "MessageRecall", "ContactInformation", "ResourceInformation"),
    }
)


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    requester: str = ""
    assignee: str = ""
    bounds: readings.Bounds | None = None

    def __post_init__(self) -> None:
        if self.bounds is not None:
            self.bounds.check()


class _Head(NamedTuple):
    """What one message says of itself and of the thread it belongs to."""

    kind: str
    id: str
    thread: str
    preceding: str
    recalled: str
    recall: str
    at: datetime
    by: str
    incident: str
    description: str
    losses: dict[str, str]


class EdxlRm:
    """Decodes EDXL-RM. Option `requester` is the agency whose requests are answered here, `assignee` who is asked."""

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._voice = Voice(feed, "edxl-rm")
        self._words = Vocabulary(feed, "edxl-rm")
        self._zone = readings.zone_of(feed)
        self._requester = options.requester or feed.agency
        self._assignee = options.assignee
        self._bounds = options.bounds

    def decode(self, message: Message) -> list[Report]:
        """Every message of the document, wherever in it it stands."""
        if not message.payload and message.topic:
            return []  # a retained message was cleared
        tree = edxl.document(message.payload)
        found = list(islice(edxl.elements(tree, MESSAGES), _MESSAGES_LIMIT + 1))
        if not found:
            raise BadMessage("no message of EDXL-RM in the document")
        return parts.of_parts(found, partial(self._decode_element, message), limit=_MESSAGES_LIMIT)

    def decode_element(self, message: Message, element: Any, *, exercise: bool) -> list[Report]:
        """What one message's element says; `exercise` where the envelope around it says so. Raises BadMessage."""
        head = self._head(message, element)
        exercise = exercise or edxl.is_exercise(element)
        items = [
            edxl_resource.item(found, self._zone, self._bounds)
            for found in strict_xml.all_at(element, "ResourceInformation")[: _ITEMS_LIMIT + 1]
        ]

        def report(body: Body, losses: dict[str, str]) -> list[Report]:
            original = (head.id, head.kind)
            return [self._voice.report(message, body, original=original, exercise=exercise, losses=losses)]

        def whole() -> list[Report]:
            losses = self._losses(head, items)
            return [one for body in self._of_message(head, items) for one in report(body, losses)]

        def resource(item: Item) -> list[Report]:
            if head.kind == _OFFER and head.recall == "cancel":
                return report(Retraction(id=self._named(head, item), at=head.at, by=head.by, kind="resource"), {})
            return report(self._resource(head, item), item.losses) if self._tells_of(head, item) else []

        # A bad head does not take the resources with it, nor one resource the others.
        return parts.of_readers(whole, lambda: parts.of_parts(items, resource, limit=_ITEMS_LIMIT))

    def _decode_element(self, message: Message, element: Any) -> list[Report]:
        edxl.refuse_answers(element)
        return self.decode_element(message, element, exercise=False)

    def _head(self, message: Message, element: Any) -> _Head:
        def said(path: str) -> str:
            return strict_xml.text_of(element, path)

        own, preceding = said("MessageID"), said("PrecedingMessageID")
        if not own:
            raise BadMessage("no MessageID")
        recalled, recall = said("MessageRecall/RecalledMessageID"), said("MessageRecall/RecallType").casefold()
        thread = said("OriginatingMessageID")
        if recalled and thread in ("", own):
            thread = recalled
        losses = strict_xml.unread(element, _READ)
        sent = said("SentDateTime") or edxl.sent_at(element)
        if sent:
            at = readings.moment_of_text(sent, self._zone)
        elif message.retained:
            raise BadMessage("a retained message without a time")
        else:
            at = message.received_at
            losses["SentDateTime"] = "no time in the message: the time of receipt stands for it"
        by = readings.name(strict_xml.text_of(element, "ContactInformation/ContactDescription"))
        contacts = [line for line in edxl_resource.contacts(element) if line != by]
        if preceding and preceding not in (own, thread):
            losses["PrecedingMessageID"] = readings.loss(preceding)
        incident = said("IncidentInformation/IncidentID") or edxl.incident_id(element)
        return _Head(
            kind=strict_xml.local_name(element),
            id=own,
            thread=readings.identifier(thread or own),
            preceding=preceding,
            recalled=recalled,
            recall=recall,
            at=at,
            by=by,
            incident=readings.identifier(incident) if incident else "",
            description="\n".join(
                filter(None, (said("MessageDescription"), said("IncidentInformation/IncidentDescription"), *contacts))
            ),
            losses=losses,
        )

    def _of_message(self, head: _Head, items: list[Item]) -> Iterable[Body]:
        """What the message as a whole is: a task, an answer, a line in the log."""
        kind = head.kind
        if kind in _REQUESTS or kind in _ASKED_BACK:
            yield self._task(head, items)
        elif head.recall == "cancel" and kind in _ANSWERS | _ANSWERS_BACK:
            yield Retraction(id=self._answered(head), at=head.at, by=head.by, kind="answer")
        elif kind in _TALK or (head.recall == "cancel" and kind != _OFFER):
            yield self._log(head, items)
        elif kind in _ANSWERS or kind in _ANSWERS_BACK:
            yield from self._answer(head, items, [self._response(item) for item in items])
        elif kind == "ReportResourceDeploymentStatus" and head.thread != readings.identifier(head.id):
            states = [self._deployment(item) for item in items]
            if all(states):
                yield from self._answer(head, items, states)
        elif not items:
            raise BadMessage("a message without a resource")

    def _losses(self, head: _Head, items: list[Item]) -> dict[str, str]:
        """The message's own losses, and those of what it names without giving word of it."""
        losses = dict(head.losses)
        for name, value in (
            (name, value) for item in items if not self._tells_of(head, item) for name, value in item.losses.items()
        ):
            if name not in losses:
                losses[name] = value
            elif value not in losses[name]:
                losses[name] = readings.loss(f"{losses[name]}; {value}")
        if head.kind not in _REQUESTS and head.kind not in _ASKED_BACK and head.kind not in _TALK and head.incident:
            losses["IncidentID"] = readings.loss(head.incident)
        return losses

    def _task(self, head: _Head, items: list[Item]) -> Task:
        asked_back = _ASKED_BACK.get(head.kind)
        task = head.thread
        if asked_back:
            task = readings.identifier(head.recalled or head.id)
        wanted = "; ".join(item.words for item in items)
        due = [when for item in items if (when := item.when("RequestedArrival")) is not None]
        named = [item.id for item in items if item.id]
        return Task(
            id=task,
            at=head.at,
            by=head.by,
            objective=readings.name(": ".join(filter(None, (asked_back, wanted)))) or "A resource",
            incident_agency=self._voice.agency if head.incident else "",
            incident=head.incident,
            assignee_agency=self._assignee,
            unit=readings.identifier(named[0]) if len(named) == 1 else "",
            due_at=min(due, default=None),
            cancelled=head.recall == "cancel",
            note=readings.prose("\n".join(filter(None, (head.description, *(item.note for item in items))))),
        )

    def _log(self, head: _Head, items: list[Item]) -> LogEntry:
        who, what = head.by or self._voice.agency, "; ".join(item.words for item in items)
        does = f"takes back {head.kind} {head.recalled}" if head.recall == "cancel" else _TALK[head.kind]
        return LogEntry(
            id=readings.identifier(head.id),
            at=head.at,
            by=head.by,
            text=readings.prose(
                "\n".join(
                    filter(
                        None,
                        (
                            f"{who} {does}{': ' if what else ''}{what}",
                            head.description,
                            *(item.note for item in items),
                        ),
                    )
                )
            ),
            incident_agency=self._voice.agency if head.incident else "",
            incident=head.incident,
        )

    def _answered(self, head: _Head) -> str:
        return readings.identifier(head.preceding) if head.kind in _ANSWERS_BACK and head.preceding else head.thread

    def _answer(self, head: _Head, items: list[Item], states: list[str]) -> Iterable[Answer]:
        """One answer for all resources of a message: their common state, else what can be counted on."""
        said = {state for state in states if state}
        if not said:
            raise BadMessage("an answer without a ResponseType")
        if said <= set(_PROGRESS):
            state = next(state for state in _PROGRESS if state in said)  # as far as the last of them is
        else:
            state = said.pop() if len(said) == 1 else "countered"  # some, not all
        words = (
            f"{own.replace('_', ' ')}: {item.answer}" if own and own != state else item.answer
            for item, own in zip(items, states, strict=True)
        )
        arrivals = [when for item in items if (when := item.when("EstimatedArrival")) is not None]
        eta = max(arrivals, default=head.at) - head.at
        yield Answer(
            id=self._answered(head),
            at=head.at,
            by=head.by,
            requester=readings.name(self._requester),
            state=state,
            reason=readings.prose("\n".join(filter(None, (*words, head.description)))),
            eta_s=round(eta.total_seconds()) if timedelta() < eta <= _LONGEST_ETA else None,
        )

    def _response(self, item: Item) -> str:
        return self._words.word("answers", item.response, "") if item.response else ""

    def _deployment(self, item: Item) -> str:
        """How far a resource is on its way, by its status or else by what has happened on its schedule."""
        if item.deployment:
            return self._words.find("deployments", item.deployment) or ""
        if item.has("ActualArrival"):
            return "on_scene"
        return "en_route" if item.has("ActualDeparture") else ""

    def _tells_of(self, head: _Head, item: Item) -> bool:
        """Whether the message gives word of a resource, not only about one.

        What is declined may be free or not, nobody said; so many of a type are told by the answer.
        """
        if head.kind not in _AVAILABILITY or head.recall == "cancel" or self._response(item) == "declined":
            return False
        return head.kind not in _ANSWERS or bool(item.id)

    def _resource(self, head: _Head, item: Item) -> Resource:
        """A resource that its owner gives word of. Raises BadMessage for one without a name."""
        availability = self._availability(head, item)
        return Resource(
            id=self._named(head, item),
            at=head.at,
            by=head.by,
            name=item.name or readings.name(f"{item.plain} {item.id}"),
            kind=self._kind(item),
            nims_type=item.type,
            quantity=item.quantity,
            available=item.quantity if availability == "available" else 0,
            availability=availability,
            until=item.until,
            conditions=readings.prose(item.note),
            lat=item.place.lat,
            lon=item.place.lon,
        )

    def _availability(self, head: _Head, item: Item) -> str:
        """The least that its two statuses promise; what they say in no word of ours is never taken for free."""
        said = [word for word in (item.availability, item.deployment) if word]
        found = [self._words.find("availabilities", word) for word in said]
        for least in ("out_of_service", "committed"):
            if least in found:
                return least
        usual = _AVAILABILITY[head.kind]
        unknown = next((word for word, ours in zip(said, found, strict=True) if ours is None), "")
        if unknown and usual != "committed":
            return unknown
        return next(filter(None, found), usual)

    def _named(self, head: _Head, item: Item) -> str:
        """Its id, else its name, else the number that it has in the message that began the thread."""
        named = item.id or item.name or (f"{head.thread}-{item.number}" if item.number else "")
        if not named:
            raise BadMessage("a resource without id and name")
        return readings.identifier(named)

    def _kind(self, item: Item) -> str:
        found = (self._words.find("resource_kinds", word) for word in (item.called, item.type, item.name))
        return next(filter(None, found), None) or self._words.word("resource_kinds", item.called or item.kind)


_SNIFFED = tuple(f"{name}".encode() for name in sorted(MESSAGES))


def sniff(_topic: str, payload: bytes) -> int:
    """Its namespace; inside an envelope the envelope's own format is as sure, and opens it."""
    head = payload[:8192]
    if b"emergency:EDXL:RM:1.0" not in head:
        return 0
    if b"EDXLDistribution" in head:
        return 60
    return 92 if any(name in head for name in _SNIFFED) else 0


FORMAT = Format(
    name="edxl-rm",
    summary="EDXL Resource Messaging: requests, commitments, deployment (XML)",
    make=EdxlRm,
    sniff=sniff,
    topic="edxl/rm/#",
    limits=f"{_MESSAGES_LIMIT} messages a document, {_ITEMS_LIMIT} resources a message",
)
