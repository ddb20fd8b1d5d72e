"""Events of a layout that was seen before are read without a parser: their values alone differ.

A sender writes the same elements and attributes again and again. Cut at its quotation marks, such a message falls into
its markup, which is as before, and the values between, which are not. Where markup was once read by the XML parser, and
every quotation mark in it belonged to an attribute, the same markup around other values without markup of their own is
the same document. All else goes to the parser.
"""

from collections.abc import Callable, Iterator
from datetime import tzinfo
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from cop.feeds.adapters import cot_event, strict_xml
from cop.feeds.adapters.cot_event import Detail, Event

_LONGEST = 4_096
_REMEMBERED = 256
#: Of these a detail has one, or its layout is not learned.
_SINGLE = frozenset(path for path, _ in cot_event.TEXTS) | {"event/detail", "event/detail/remarks"}


class _Layout(NamedTuple):
    #: gives the texts of an event (`cot_event.TEXTS`) from its values, after which None stands for the missing ones
    pick: Callable[[list[str | None]], tuple[str | None, ...]]
    has_point: bool
    remarks: str


class Layouts:
    """The layouts of one feed's position events."""

    def __init__(self) -> None:
        self._layouts: dict[str, _Layout] = {}
        self._declarations: set[str] = set()

    def event(self, payload: bytes, zone: tzinfo, *, exercise: bool) -> Event | None:
        """The event of a unit; None where only the parser can tell. Raises BadMessage as `cot_event.of_texts`."""
        if len(payload) > _LONGEST:
            return None
        cut = self._cut(payload)
        if cut is None:
            return None
        markup, values = cut
        layout = self._layouts.get(markup)
        if layout is None:
            return None
        together = "".join(values)
        if not together.isprintable() or "<" in together or "&" in together:
            return None
        texts = layout.pick([*values, None])
        if texts[0] is None or not texts[0].startswith("a-"):
            return None
        return cot_event.of_texts(
            texts,
            zone,
            exercise=exercise,
            has_point=layout.has_point,
            detail=Detail(later=partial(_opened, payload)),
            remarks=layout.remarks,
        )

    def learn(self, payload: bytes, element: Any) -> None:
        """Remember the layout of a document that the parser made this `<event>` element of."""
        if len(payload) > _LONGEST or not (element.get("type") or "").startswith("a-"):
            return
        declaration, _, _ = payload.rpartition(b"?>")
        if declaration:
            if len(self._declarations) >= _REMEMBERED:
                self._declarations.clear()
            self._declarations.add(declaration.decode("ascii", "replace"))
        cut = self._cut(payload)
        if cut is None or (layout := _layout_of(element, *cut)) is None:
            return
        if len(self._layouts) >= _REMEMBERED:
            self._layouts.clear()
        self._layouts[cut[0]] = layout

    def _cut(self, payload: bytes) -> tuple[str, list[str]] | None:
        """Markup without values, and the values; None for what is not quoted in one way, or not ASCII."""
        try:
            text = payload.decode("ascii")
        except UnicodeDecodeError:
            return None
        if text.startswith("<?"):
            declaration, _, text = text.partition("?>")
            if declaration not in self._declarations:
                return None
        mark = '"'
        if "'" in text:
            if mark in text:
                return None
            mark = "'"
        pieces = text.split(mark)
        if len(pieces) % 2 == 0:
            return None  # a value without an end
        return mark.join(pieces[::2]), pieces[1::2]


def _layout_of(element: Any, markup: str, values: list[str]) -> _Layout | None:
    """The layout of a document; None where a quotation mark may be no attribute's, or a value is not as it stands."""
    if "<!" in markup or "<?" in markup:
        return None
    attributes = [(path, *one) for path, of in _elements(element, "event") for one in of.attrib.items()]
    if [value for _, _, value in attributes] != values:
        return None
    paths = [path for path, one in _elements(element, "event") if path in _SINGLE]
    if len(paths) != len(set(paths)):
        return None
    where = {(path, name): index for index, (path, name, _) in enumerate(attributes)}
    pick: Any = itemgetter(*(where.get(text, -1) for text in cot_event.TEXTS))
    remarks = element.find("detail/remarks")
    return _Layout(
        pick=pick,
        has_point="event/point" in paths,
        remarks=(remarks.text or "").strip() if remarks is not None else "",
    )


def _elements(element: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every element with its path, in the order of the document."""
    yield path, element
    for child in element:
        yield from _elements(child, f"{path}/{child.tag}")


def _opened(payload: bytes) -> tuple[Any, Any]:
    (element,) = strict_xml.documents(payload, "event")
    detail = element.find("detail")
    return element, detail if detail is not None else cot_event.NO_DETAIL
