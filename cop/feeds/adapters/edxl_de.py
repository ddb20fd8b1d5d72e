"""EDXL Distribution Element 1.0 and 2.0 (OASIS): an envelope, whose contents are decoded by their own formats."""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, cast

import msgspec

from cop.domain.area import Alert
from cop.domain.log import LogEntry
from cop.domain.report import Report, Retraction, kind_of
from cop.feeds import adapters
from cop.feeds.adapters import parts, readings, strict_xml
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.cap_message import LOSSES_LIMIT, add_loss, triples, word
from cop.feeds.adapters.vocabulary import tables_of
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

_CONTENTS_LIMIT = 350
_ELEMENTS_LIMIT = 14_000
_REFERENCES_LIMIT = 100
_PIECES = 20
_DISTRIBUTIONS_REMEMBERED = 1_000
_OBJECTS_REMEMBERED = 20_000

#: format -> local names of the roots of its messages
_ROOTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "cap": ("alert",),
        "edxl-have": ("HospitalStatus", "HAVE"),
        "edxl-rm": (
            *("RequestResource", "ResponseToRequestResource", "RequisitionResource", "CommitResource"),
            *("RequestInformation", "ResponseToRequestInformation", "OfferUnsolicitedResource"),
            *("ReleaseResource", "RequestReturn", "ResponseToRequestReturn", "RequestQuote"),
            *("ResponseToRequestQuote", "RequestResourceDeploymentStatus", "ReportResourceDeploymentStatus"),
            *("RequestExtendedDeploymentDuration", "ResponseToRequestExtendedDeploymentDuration"),
        ),
    }
)
CONTENTS: Mapping[str, str] = MappingProxyType({root: form for form, roots in _ROOTS.items() for root in roots})
_ANYWHERE = tuple(f"{{*}}{root}" for root in CONTENTS)
_ENVELOPES = ("{*}EDXLDistribution", "{*}edxlDistribution", "{*}EdxlDistribution")
# Names are compared without case: DE 2.0 is written with small and with capital first letters.
_HOLDERS = frozenset({"contentobject", "content"})
_WRAPPERS = frozenset({"xmlcontent", "contentxml"})
_EMBEDDED = "embeddedxmlcontent"
_ENCODED = frozenset({"nonxmlcontent", "othercontent"})


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    contents: dict[str, dict[str, Any]] = {}


class _Inside(Protocol):
    """An adapter whose messages may stand in an envelope."""

    def decode_element(self, message: Message, element: Any, *, exercise: bool) -> list[Report]:
        """What one element of an envelope says. Raises BadMessage."""


class _Content(NamedTuple):
    """One content: the root of its XML, or the element that holds it encoded; and what its content object says."""

    element: Any
    losses: dict[str, str]


class _Envelope(msgspec.Struct):
    """What an envelope says of all that is in it."""

    id: str
    sender: str
    sent: str
    status: str
    type: str
    references: list[tuple[str, str]]
    losses: dict[str, str]

    @property
    def is_actual(self) -> bool:
        """Whether its contents are of the real world; an envelope that says nothing must not hide them."""
        return self.status in ("", "Actual")


class EdxlDe:
    """Opens EDXL-DE. Option `contents` holds the options of the formats inside, by their names."""

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._feed = feed
        self._voice = Voice(feed, "edxl-de")
        self._zone = readings.zone_of(feed)
        self._options = options.contents
        self._inside: dict[str, _Inside] = {}
        #: distribution -> the kinds and ids of what came in it, for one that takes it back
        self._distributed: dict[str, list[tuple[str, str]]] = {}
        self._objects = 0
        if unknown := set(self._options) - set(CONTENTS.values()):
            raise ValueError(f"options of feed {feed.name}: no format {sorted(unknown)[0]!r} stands in EDXL-DE")
        tables = frozenset[str]().union(*map(tables_of, _ROOTS))
        if nowhere := set(feed.words) - tables:
            raise ValueError(f"words of feed {feed.name}: no format in EDXL-DE has a table {sorted(nowhere)[0]!r}")
        for form in self._options:
            self._adapter(form)  # a wrong option is told of at the start

    def decode(self, message: Message) -> list[Report]:
        """What the contents of every envelope say."""
        if not message.payload and message.topic:
            return []  # a retained message was cleared
        payload = message.payload
        if len(payload) > 2 * _ELEMENTS_LIMIT < payload.count(b"<"):
            raise BadMessage(f"more than {_ELEMENTS_LIMIT:,} elements in one message")
        root = strict_xml.document(payload)
        found = list(root.iter(*_ENVELOPES))
        if not found:
            raise BadMessage("no EDXL-DE envelope")
        if len(found) > 1:
            found = [one for one in found if next(one.iterancestors(*_ENVELOPES), None) is None]
        return parts.of_parts(found, lambda envelope: self._open(message, envelope), limit=_CONTENTS_LIMIT)

    def _open(self, message: Message, element: Any) -> list[Report]:
        envelope = _envelope(element)
        contents = list(_contents(element))
        if envelope.type in ("Ack", "Error"):  # what it holds is what it answers, and no word of its own
            if contents:
                envelope.losses["envelope contentObject"] = f"{len(contents)} not read"
            return [self._answer(message, envelope)]
        if envelope.type == "Cancel":
            return self._recall(message, envelope, contents)
        if not contents:
            raise BadMessage("an envelope without contents")
        try:
            reports = parts.of_parts(
                contents, lambda content: self._read(message, envelope, content), limit=_CONTENTS_LIMIT
            )
        except BadMessage as bad:
            self._remember(envelope, bad.reports)
            raise
        self._remember(envelope, reports)
        return reports

    def _read(self, message: Message, envelope: _Envelope, content: _Content) -> list[Report]:
        """One content by its own format, marked with what its envelope says."""
        root = _written_out(content.element) if _name(content.element) in _ENCODED else content.element
        if next(root.iter(*_ENVELOPES), None) is not None:
            raise BadMessage("an envelope stands in an envelope")
        if strict_xml.local_name(root) in CONTENTS:
            found = [root]
        else:
            found = [one for one in root.iter(*_ANYWHERE) if _is_outermost(one)]
        if not found:
            raise BadMessage("a content is of no format that is read in EDXL-DE")

        def decode(one: Any) -> list[Report]:
            inside = self._adapter(CONTENTS[strict_xml.local_name(one)])
            return inside.decode_element(message, one, exercise=not envelope.is_actual)

        try:
            reports = parts.of_parts(found, decode, limit=_CONTENTS_LIMIT)
        except BadMessage as bad:
            raise BadMessage(bad.reason, [_marked(report, envelope, content) for report in bad.reports]) from None
        return [_marked(report, envelope, content) for report in reports]

    def _adapter(self, form: str) -> _Inside:
        """The adapter of a format that stands inside; made when it is first met, and kept for what it remembers."""
        inside = self._inside.get(form)
        if inside is None:
            known = tables_of(form)
            words = {table: said for table, said in self._feed.words.items() if table in known}
            feed = msgspec.structs.replace(self._feed, format=form, options=self._options.get(form, {}), words=words)
            inside = self._inside[form] = cast(_Inside, adapters.make_adapter(feed))
        return inside

    def _answer(self, message: Message, envelope: _Envelope) -> Report:
        """An acknowledgement or an error is a line in the log, whatever comes back with it."""
        about = ", ".join(one for one, _ in envelope.references[:16]) or "nothing named"
        what = "Acknowledgement" if envelope.type == "Ack" else "Error"
        return self._line(message, envelope, f"{what} of distribution {readings.loss(about)}")

    def _recall(self, message: Message, envelope: _Envelope, contents: list[_Content]) -> list[Report]:
        """A cancelled distribution: what it repeats, and what is remembered of it, is taken back."""
        refused = ""
        try:
            repeated = parts.of_parts(
                contents, lambda content: self._read(message, envelope, content), limit=_CONTENTS_LIMIT
            )
        except BadMessage as bad:
            repeated, refused = list(bad.reports), bad.reason
        at = self._sent(message, envelope)
        reports: list[Report] = []
        taken = {pair: at for reference in envelope.references for pair in self._distributed.get(_key(*reference), ())}
        for report in repeated:
            body = report.body
            if isinstance(body, LogEntry | Retraction) or (isinstance(body, Alert) and body.cancels):
                reports.append(report)
            else:
                taken[kind_of(body), body.id] = max(at, body.at)
        reports += [
            self._voice.report(
                message,
                Retraction(id=taken_id, at=last, kind=kind),
                original=(envelope.id, envelope.type),
                exercise=not envelope.is_actual,
                losses=dict(envelope.losses),
            )
            for (kind, taken_id), last in taken.items()
        ]
        if not reports:
            about = ", ".join(one for one, _ in envelope.references[:16]) or "nothing named"
            text = f"Cancels distribution {readings.loss(about)}, of which nothing is known here"
            reports.append(self._line(message, envelope, text))
        if refused:
            raise BadMessage(refused, reports)
        return reports

    def _line(self, message: Message, envelope: _Envelope, text: str) -> Report:
        at = self._sent(message, envelope)
        entry = LogEntry(
            id=readings.identifier(f"{envelope.sender} {envelope.id or at.isoformat()}"),
            at=at,
            by=readings.name(envelope.sender),
            text=text,
        )
        return self._voice.report(
            message,
            entry,
            original=(envelope.id, envelope.type),
            exercise=not envelope.is_actual,
            losses=dict(envelope.losses),
        )

    def _sent(self, message: Message, envelope: _Envelope) -> datetime:
        """When the envelope was sent, else when it came."""
        try:
            return readings.moment_of_text(envelope.sent, self._zone)
        except BadMessage:
            if message.retained:
                raise BadMessage("a retained envelope without a time") from None
            envelope.losses["dateTimeSent"] = "not readable: the time of receipt stands for it"
            return message.received_at

    def _remember(self, envelope: _Envelope, reports: Iterable[Report]) -> None:
        key = _key(envelope.sender, envelope.id)
        objects = [(kind_of(report.body), report.body.id) for report in reports]
        self._objects += len(objects) - len(self._distributed.pop(key, ()))
        self._distributed[key] = objects
        while len(self._distributed) > _DISTRIBUTIONS_REMEMBERED or self._objects > _OBJECTS_REMEMBERED:
            self._objects -= len(self._distributed.pop(next(iter(self._distributed))))


def _key(sender: str, distribution: str) -> str:
    """A distribution's name in memory; references name its sender before or after it."""
    return readings.identifier(" ".join(sorted((sender, distribution))) or "-")


def _envelope(element: Any) -> _Envelope:
    """What stands around the contents (DE 1.0 §3.2.1, DE 2.0 §3.2.1)."""
    said: dict[str, str] = {}
    references: list[tuple[str, str]] = []
    losses: dict[str, str] = {}
    for child in element:
        name = _name(child)
        if name in _HOLDERS:
            continue
        text = _value(child)
        if name == "distributionreference":
            references += triples(text)[0][:_REFERENCES_LIMIT]
        if name not in said:
            said[name] = text
        if name not in ("distributionstatus", "distributiontype", "distributionkind", "datetimesent"):
            add_loss(losses, f"envelope {strict_xml.local_name(child)}", text)
    status = word(said.get("distributionstatus", ""))
    kind = word(said.get("distributiontype", "") or said.get("distributionkind", ""))
    if status != "Actual":
        losses["envelope distributionStatus"] = status or "none said: taken as Actual"
    if kind != "Report":
        add_loss(losses, "envelope distributionType", kind)
    return _Envelope(
        id=said.get("distributionid", ""),
        sender=said.get("senderid", ""),
        sent=said.get("datetimesent", ""),
        status=status,
        type=kind,
        references=references[:_REFERENCES_LIMIT],
        losses=losses,
    )


def _contents(envelope: Any) -> Iterator[_Content]:
    """Every content of an envelope; those of DE 2.0 lie one level deeper."""
    for child in envelope:
        name = _name(child)
        if name == "contentobject":
            yield from _contents_of(child)
        elif name == "content":
            yield from _contents(child)


def _contents_of(content_object: Any) -> Iterator[_Content]:
    losses: dict[str, str] = {}
    held = []
    for child in content_object:
        name = _name(child)
        if name in _WRAPPERS:
            held += [one for inner in child if _name(inner) == _EMBEDDED for one in inner]
        elif name == _EMBEDDED:
            held += child
        elif name in _ENCODED or strict_xml.local_name(child) in CONTENTS:
            held.append(child)
        else:
            add_loss(losses, strict_xml.local_name(child), _value(child))
    for one in held:
        yield _Content(one, losses)


def _written_out(element: Any) -> Any:
    """The root of an XML document that stands in an envelope as base64."""
    said = {_name(child): _value(child) for child in element}
    if "xml" not in said.get("mimetype", "").casefold():
        raise BadMessage("a content is no XML")
    encoded = "".join((said.get("contentdata") or "").split())
    if not encoded:
        raise BadMessage("a content is only linked, and links are not followed")
    try:
        written = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise BadMessage("a content is not base64") from None
    if len(written) > 2 * _ELEMENTS_LIMIT < written.count(b"<"):
        raise BadMessage(f"more than {_ELEMENTS_LIMIT:,} elements in a content")
    return strict_xml.document(written)


def _marked(report: Report, envelope: _Envelope, content: _Content) -> Report:
    """A report with what its envelope says; an alert in one that is not actual never alarms."""
    losses = {**dict(islice(content.losses.items(), LOSSES_LIMIT)), **report.losses, **envelope.losses}
    body = report.body
    if isinstance(body, Alert) and body.status == "Actual" and not envelope.is_actual:
        body = msgspec.structs.replace(body, status=envelope.status)
    return msgspec.structs.replace(report, body=body, losses=losses)


def _name(element: Any) -> str:
    return strict_xml.local_name(element).casefold()


def _value(element: Any) -> str:
    """The text of an element; of a word from a list of DE 2.0 the word, not the list's address."""
    if not len(element):
        return (element.text or "").strip()
    value = next((one for one in element.iter() if _name(one) == "value"), None)
    if value is not None:
        return (value.text or "").strip()
    return " ".join(islice(filter(None, map(str.strip, element.itertext())), _PIECES))


def _is_outermost(element: Any) -> bool:
    return next(element.iterancestors(*_ANYWHERE), None) is None


def sniff(_topic: str, payload: bytes) -> int:
    """Its root element or its namespace."""
    begin = payload[:4096].lower() if payload[:1024].lstrip()[:1] == b"<" else b""
    return 95 if b"edxldistribution" in begin and b"edxl:de:" in begin else 0


FORMAT = Format(
    name="edxl-de",
    summary="EDXL Distribution Element 1.0 and 2.0: an envelope of other formats",
    make=EdxlDe,
    sniff=sniff,
    topic="edxl/#",
    limits="1,000 contents and 40,000 elements a message",
)
