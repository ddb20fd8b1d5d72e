"""Common Alerting Protocol 1.0 to 1.2 as XML (OASIS): alone, several in one document, in Atom feeds and envelopes."""

from collections.abc import Callable
from typing import Annotated, Any

import msgspec

from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.feeds.adapters import edxl, parts, readings, strict_xml
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.cap_message import LOSSES_LIMIT, AlertVoice, Hazard, Said, add_loss, triples
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

ALERTS_LIMIT = 1_000
_ELEMENTS_LIMIT = 40_000
_HAZARDS_LIMIT = 100
_CIRCLES_LIMIT = 2_000
_MANY_CIRCLES = 200
_TAGS_REMEMBERED = 4_096
_METRES_A_FOOT = 0.3048

#: elements of `alert` that go into the report; the others are its losses
_HEAD = frozenset({"identifier", "sender", "sent", "status", "msgType", "note", "references"})
#: what an element of `info` is (§3.2.2 to §3.2.4), and its name: a text or a list of the hazard, a name with its value,
#: something that is noted in a way of its own, or that holds others
_TEXT, _LIST, _PAIR, _RESPONSE, _HEIGHT, _BLOCK, _OTHER = range(7)
_ELEMENTS = {
    "area": (_BLOCK, ""),
    "language": (_TEXT, "language"),
    "event": (_TEXT, "event"),
    "headline": (_TEXT, "headline"),
    "description": (_TEXT, "description"),
    "instruction": (_TEXT, "instruction"),
    "severity": (_TEXT, "severity"),
    "urgency": (_TEXT, "urgency"),
    "certainty": (_TEXT, "certainty"),
    "senderName": (_TEXT, "sender_name"),
    "effective": (_TEXT, "effective"),
    "onset": (_TEXT, "onset"),
    "expires": (_TEXT, "expires"),
    "eventCode": (_PAIR, "eventCode"),
    "parameter": (_PAIR, "parameter"),
    "geocode": (_PAIR, "geocode"),
    "areaDesc": (_LIST, "areas"),
    "polygon": (_LIST, "polygons"),
    "circle": (_LIST, "circles"),
    "responseType": (_RESPONSE, "responseType"),
    "altitude": (_HEIGHT, "altitude"),
    "ceiling": (_HEIGHT, "ceiling"),
}
#: elements of an Atom entry that are read apart from those of CAP in it
_OF_ATOM = ("id", "title", "summary", "content", "updated", "published", "author")


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    language: Annotated[str, msgspec.Meta(min_length=1, max_length=35)] = "en"
    expires_after_h: Annotated[float, msgspec.Meta(gt=0, le=8_784)] = 24.0
    several_senders: bool = False


class Cap:
    """Decodes CAP.

    Options: `language` of the operator, `expires_after_h` for alerts that do not say when they end, `several_senders`
    where senders of one feed may use the same identifiers.
    """

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._voice = Voice(feed, "cap")
        self._zone = readings.zone_of(feed)
        self._alerts = AlertVoice(
            self._voice,
            self._zone,
            options.expires_after_h,
            options.language,
            several_senders=options.several_senders,
        )
        self._counted: tuple[bytes, int] = (b"", 48)

    def decode(self, message: Message) -> list[Report]:
        """An alert of each `alert` element, wherever it stands, and of each entry of an Atom feed that holds none."""
        if not message.payload and message.topic:
            return []  # a retained message was cleared
        payload = message.payload
        if len(payload) > 2 * _ELEMENTS_LIMIT < payload.count(b"<"):
            raise BadMessage(f"more than {_ELEMENTS_LIMIT:,} elements in one message")
        return self.decode_element(message, strict_xml.document(payload), exercise=False)

    def decode_element(self, message: Message, element: Any, *, exercise: bool) -> list[Report]:
        """What stands in an element of an envelope. Raises BadMessage."""
        count = 0

        def alert(one: Any) -> list[Report]:
            nonlocal count
            count += 1
            if count > ALERTS_LIMIT:
                raise BadMessage(f"more than {ALERTS_LIMIT:,} alerts in one message")
            said = _said(one, self._alerts.heard)
            for hazard in said.hazards:
                if hazard.circles:
                    said.corners = self._corners_in(message.payload)
            return self._alerts.reports(message, said, exercise=exercise)

        if _local(element) == "alert":
            return alert(element)
        exercise = exercise or _is_distributed_as_exercise(element)
        if _local(element) == "feed":
            return self._atom(message, element, alert, exercise=exercise)
        found = [one for one in element.iter("{*}alert") if _is_outermost(one)]
        if not found:
            if _local(element) == "entry":
                return self._entry(message, element, "", alert, exercise=exercise)
            raise BadMessage("no CAP alert")
        edxl.refuse_answers(found[0])
        return parts.of_parts(found, alert, limit=ALERTS_LIMIT)

    def _corners_in(self, payload: bytes) -> int:
        """Counted once a message, and not again for each of its alerts."""
        if self._counted[0] is not payload:
            self._counted = (payload, _corners(payload))
        return self._counted[1]

    def _atom(
        self, message: Message, feed: Any, alert: Callable[[Any], list[Report]], *, exercise: bool
    ) -> list[Report]:
        """Every entry of a feed; one without entries says that there are no alerts."""
        author = strict_xml.text_of(feed, "author/name")
        return parts.of_parts(
            strict_xml.all_at(feed, "entry"),
            lambda entry: self._entry(message, entry, author, alert, exercise=exercise),
            limit=ALERTS_LIMIT,
        )

    def _entry(
        self, message: Message, entry: Any, author: str, alert: Callable[[Any], list[Report]], *, exercise: bool
    ) -> list[Report]:
        """The alerts in an entry, else the alert that it is by its own CAP elements, else a line for a mere link."""
        found = [one for one in entry.iter("{*}alert") if _is_outermost(one)]
        written = (entry.findtext("{*}content") or "").lstrip()
        if not found and written.startswith("<"):
            found = _written_out(written)
        if found:
            return parts.of_parts(found, alert, limit=ALERTS_LIMIT)
        if strict_xml.text_of(entry, "event") or strict_xml.text_of(entry, "msgType"):
            said = _said_of_entry(entry, author)
            return self._alerts.reports(message, said, exercise=exercise)
        return [self._link(message, entry, author, exercise=exercise)]

    def _link(self, message: Message, entry: Any, author: str, *, exercise: bool) -> Report:
        """An alert that is only linked: links are never followed, but that there is one must be seen."""
        identifier, title = strict_xml.text_of(entry, "id"), strict_xml.text_of(entry, "title")
        updated = strict_xml.text_of(entry, "updated") or strict_xml.text_of(entry, "published")
        if not identifier or not updated:
            raise BadMessage("an entry holds no alert, and lacks id or time")
        links = [one for one in strict_xml.all_at(entry, "link") if one.get("href")]
        links.sort(key=lambda one: "cap" not in (one.get("type") or ""))
        link = links[0].get("href") if links else ""
        losses = {"alert": "only linked, and links are not followed"}
        if link:
            losses["link"] = readings.loss(link)
        entry_of_log = LogEntry(
            id=readings.identifier(f"{identifier} {updated}"),
            at=readings.moment_of_text(updated, self._zone),
            by=readings.name(strict_xml.text_of(entry, "author/name") or author),
            text=readings.prose(title) or "An alert without a title",
        )
        original = (identifier, "entry")
        return self._voice.report(message, entry_of_log, original=original, exercise=exercise, losses=losses)


def _said(element: Any, heard: Callable[[list[str]], list[bool]]) -> Said:
    """An `alert` element as it stands (CAP 1.2 §3.2.1)."""
    head: dict[str, str] = {}
    losses: dict[str, str] = {}
    blocks = []
    for child in element:
        name = _LOCAL.get(child.tag) or _local(child)
        text = child.text
        text = text.strip() if text else ""
        if name in _HEAD:
            head[name] = f"{head[name]} {text}" if name == "references" and name in head else head.get(name) or text
        elif name == "info":
            blocks.append(child)
        elif name == "Signature":
            losses["Signature"] = "not checked"
        elif len(child):
            add_loss(losses, name, _all_text(child))
        elif text and (text != "Public" or name != "scope"):
            add_loss(losses, name, text)
    said = _said_of(head, losses)
    if len(blocks) == 1:
        said.hazards.append(_hazard(blocks[0]))
        return said
    if len(blocks) > _HAZARDS_LIMIT:
        losses["info"] = f"only the first {_HAZARDS_LIMIT} of {len(blocks)} blocks are read"
        blocks = blocks[:_HAZARDS_LIMIT]
    languages = [strict_xml.text_of(block, "language") for block in blocks]
    for block, language, ours in zip(blocks, languages, heard(languages), strict=True):
        if ours:
            said.hazards.append(_hazard(block))
        else:
            said.others.append((language, strict_xml.text_of(block, "headline") or strict_xml.text_of(block, "event")))
    return said


def _said_of(head: dict[str, str], losses: dict[str, str]) -> Said:
    kind, text = head.get("msgType", ""), head.get("references", "")
    references, complete = triples(text) if text else ([], True)
    if not complete or kind.casefold() == "alert":
        add_loss(losses, "references", text)
    return Said(
        identifier=head.get("identifier", ""),
        sender=head.get("sender", ""),
        sent=head.get("sent", ""),
        status=head.get("status", ""),
        type=kind,
        note=head.get("note", ""),
        references=references,
        losses=losses,
    )


def _hazard(info: Any) -> Hazard:
    """An `info` element (CAP 1.2 §3.2.2). Below it, elements are told apart by name wherever they stand."""
    hazard = Hazard()
    _take_children(info, hazard)
    return hazard


def _take_children(element: Any, hazard: Hazard) -> None:
    losses = hazard.losses
    for one in element:  # what can be left out for an element takes no time, and that is what counts here
        try:
            code, name = _CODES[one.tag]
        except KeyError:
            code, name = _learned(one.tag)
        if code == _BLOCK:
            _take_children(one, hazard)
            continue
        count = len(one)
        if code == _PAIR and count:
            if count == 2:
                _take_pair(name, one[0].text or "", one[1].text or "", hazard)
            else:
                _take_pairs(one, name, hazard)
            continue
        text = one.text
        if count:
            text = _all_text(one) if code == _OTHER else "".join(one.itertext())
        if not text or not (text := text.strip()):
            continue
        if code == _TEXT:
            if getattr(hazard, name):
                add_loss(losses, name, text)
            else:
                setattr(hazard, name, text)
        elif code == _LIST:
            getattr(hazard, name).append(text)
        elif code == _OTHER:
            add_loss(losses, name, text)
        else:
            _take_rare(code, name, text, hazard)


def _take_pair(kind: str, name: str, value: str, hazard: Hazard) -> None:
    """A name and its value: which stands first is fixed by the schema."""
    value, losses = value.strip(), hazard.losses
    key = f"{kind} {name.strip()}"
    if key == "parameter eventEndingTime" and not hazard.ends:
        hazard.ends = value
    elif key in losses or not value or len(losses) >= LOSSES_LIMIT or len(key) + len(value) > readings.SHORT:
        add_loss(losses, key, value)
    else:
        losses[key] = value if value.isprintable() else readings.loss(value)


def _take_pairs(element: Any, kind: str, hazard: Hazard) -> None:
    """Names and values one after another, as Atom feeds have them."""
    name = ""
    for one in element:
        text = one.text or ""
        if _local(one) == "valueName":
            name = text
        else:
            _take_pair(kind, name, text, hazard)


def _take_rare(code: int, name: str, text: str, hazard: Hazard) -> None:
    if code == _RESPONSE:
        hazard.responses.append(text)
        add_loss(hazard.losses, name, text)
    elif code == _PAIR:  # CAP 1.0 wrote "name=value"
        named, _, value = text.partition("=")
        add_loss(hazard.losses, f"{name} {named}", value)
    elif code == _HEIGHT:
        feet = readings.within(readings.figure(text), -1e6, 1e6)
        metres = text if feet is None else f"{feet * _METRES_A_FOOT:.0f} m ({text} ft)"
        add_loss(hazard.losses, name, metres)


def _said_of_entry(entry: Any, author: str) -> Said:
    """An Atom entry that is an alert by its own CAP elements: head, info and area are all one."""
    own: dict[str, str] = {}
    for child in entry:
        own.setdefault(_local(child), _text(child))
    head = {name: text for name in _HEAD if (text := own.get(name))}
    hazard = _hazard(entry)
    for name in (*_HEAD, *_OF_ATOM):
        hazard.losses.pop(name, None)
    hazard.headline = hazard.headline or own.get("title", "")
    hazard.description = hazard.description or own.get("summary", "")
    head.setdefault("identifier", _identifier_of_link(own.get("id", "")))
    head.setdefault("sender", strict_xml.text_of(entry, "author/name") or author)
    head.setdefault("sent", own.get("updated") or own.get("published") or "")
    said = _said_of(head, {"text": "of an Atom entry: the whole alert is only linked"})
    said.hazards.append(hazard)
    return said


def _identifier_of_link(link: str) -> str:
    """The US weather service names its entries by the address of the alert, which ends in the identifier."""
    last = link.rpartition("/")[2]
    return last if last.startswith("urn:oid:") else link


def _written_out(text: str) -> list[Any]:
    """The alerts of an XML document that stands in an entry as text."""
    inner = strict_xml.document(text.encode())
    return [inner] if _local(inner) == "alert" else [one for one in inner.iter("{*}alert") if _is_outermost(one)]


def _is_outermost(element: Any) -> bool:
    return next(element.iterancestors("{*}alert"), None) is None


def _is_distributed_as_exercise(element: Any) -> bool:
    """Whether an EDXL-DE envelope around the alerts says that they are none of the real world (DE 1.0 §3.2.1)."""
    said = next(element.iter("{*}distributionStatus"), None)
    return said is not None and _all_text(said).strip().casefold().rpartition(" ")[2] not in ("", "actual")


def _corners(payload: bytes) -> int:
    """Corners of a circle; fewer of many, 0 of too many, for drawing them takes longer than all the rest."""
    circles = payload.count(b"circle>") // 2
    if circles > _CIRCLES_LIMIT:
        return 0  # an alert is heard all the same
    return 48 if circles <= _MANY_CIRCLES else 12


def _text(element: Any) -> str:
    text: str | None = element.text
    if len(element):
        text = "".join(element.itertext())
    return text.strip() if text else ""


def _all_text(element: Any) -> str:
    """All text in an element, its parts separated; enough of it for a loss."""
    if not len(element):
        return _text(element)
    found: list[str] = []
    length = 0
    for text in filter(None, map(str.strip, element.itertext())):
        found.append(text[: readings.SHORT])
        length += len(text)
        if length > readings.SHORT:
            break
    return " ".join(found)


#: what was learned of tags: it is asked of every element
_LOCAL: dict[str, str] = {}
_CODES: dict[str, tuple[int, str]] = {}


def _local(element: Any) -> str:
    """An element's name without its namespace."""
    tag = element.tag
    name = _LOCAL.get(tag)
    if name is None:
        name = tag.rpartition("}")[2]
        if len(_LOCAL) >= _TAGS_REMEMBERED:
            _LOCAL.clear()
        _LOCAL[tag] = name
    return name


def _learned(tag: str) -> tuple[int, str]:
    """What an element of this tag is; those of other vocabularies are kept as losses."""
    name = tag.rpartition("}")[2]
    if tag.startswith("{http://www.georss.org/georss") and name != "polygon":
        code = (_OTHER, f"georss:{name}")  # its circles are in metres
    else:
        code = _ELEMENTS.get(name, (_OTHER, name))
    if len(_CODES) >= _TAGS_REMEMBERED:
        _CODES.clear()
    _CODES[tag] = code
    return code


def sniff(_topic: str, payload: bytes) -> int:
    """Its namespaces; an `alert` element that has an identifier where senders get those wrong."""
    begin = payload[:4096]
    if b"EDXL:DE:" in begin:
        return 0
    if b"<alert" in begin or b":alert" in begin:
        if b"emergency:cap:" in begin or b"incident.com/cap" in begin:
            return 93
        return 80 if b"identifier>" in begin else 0
    return 70 if b"emergency:cap:" in begin and (b"<feed" in begin or b":feed" in begin) else 0


FORMAT = Format(
    name="cap",
    summary="Common Alerting Protocol 1.0–1.2 (XML), also in Atom feeds",
    make=Cap,
    sniff=sniff,
    topic="cap/#",
    limits="1,000 alerts and 40,000 elements a message, 100 info blocks an alert",
)
