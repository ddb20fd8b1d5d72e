"""An EIDO as a document: its components, found by `$id` inside it and never anywhere else."""

import re
from collections.abc import Iterator
from datetime import datetime, tzinfo
from html import unescape
from typing import Any

from cop.feeds.adapters import readings
from cop.feeds.message import BadMessage

Component = dict[str, Any]
#: the members of 2020's draft, by today's names
_DRAFT = {
    "lastUpdateTimeStamp": "LastUpdateTimeStamp",
    "locationComponent": "locationInformationComponent",
    "eidoVersion": "EIDOVersion",
}
_TODAY = {then: now for now, then in _DRAFT.items()}
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr)\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,1000}>")


class Document:
    """The components of one EIDO by kind and by `$id`. References lead one step; nothing follows them further."""

    def __init__(self, fields: Component, zone: tzinfo) -> None:
        self.fields = fields
        self._zone = zone
        self._by_id: dict[str, dict[str, Component]] = {}
        self._components = {
            _TODAY.get(name, name): [found] if isinstance(found, dict) else [one for one in found if type(one) is dict]
            for name, found in fields.items()
            if isinstance(found, list | dict) and name.endswith("Component")
        }

    def text(self, name: str) -> str:
        """A text of the head; "" if there is none."""
        return text_of(self.fields, name)

    def components(self, kind: str) -> list[Component]:
        """The components of a kind (`notesComponent`); one that stands alone counts as a list of one."""
        return self._components.get(kind) or []

    def at_reference(self, kind: str, reference: str) -> Component | None:
        """The component of a kind with that `$id`; of several with the same, the last. None if there is none."""
        if kind not in self._by_id:
            self._by_id[kind] = {text_of(one, "$id"): one for one in self.components(kind)}
        found = self._by_id[kind]
        return found.get(reference) or found.get(reference.removeprefix("#"))

    def updated_at(self, component: Component) -> datetime | None:
        """When a component was last updated; None where it does not say. Raises BadMessage for what is no time."""
        text = text_of(component, "lastUpdateTimeStamp")
        return readings.moment_of_text(text, self._zone) if text else None

    def time(self, component: Component, name: str) -> datetime | None:
        """A time of a component; None where it says none that can be read."""
        text = text_of(component, name)
        try:
            return readings.moment_of_text(text, self._zone) if text else None
        except BadMessage:
            return None


def text_of(component: Component, name: str) -> str:
    """A text of a component, stripped; "" if there is none."""
    found = component.get(name)
    if found is None and name in _DRAFT:
        found = component.get(_DRAFT[name])
    return found.strip() if isinstance(found, str) else ""


def texts_of(component: Component, name: str, most: int = 40) -> list[str]:
    """The texts of a member that is a list of them, or one alone."""
    found = component.get(name)
    listed = found if isinstance(found, list) else [found]
    return [one.strip() for one in listed[:most] if isinstance(one, str) and one.strip()]


def references_of(component: Component, name: str) -> Iterator[str]:
    """What a member refers to: the `$id` of each."""
    found = component.get(name)
    for one in found if isinstance(found, list) else [found]:
        if isinstance(one, dict) and isinstance(reference := one.get("$ref"), str) and reference:
            yield reference


def reference_of(component: Component, name: str) -> str:
    """The first `$id` that a member refers to; "" if there is none."""
    return next(references_of(component, name), "")


def plain(html: str) -> str:
    """The text of a note, which the standard gives as HTML: tags go, what only looks like one stays."""
    html = html[: readings.LONG]
    if "<" in html:
        html = _TAG.sub("", _BREAK.sub("\n", html))
    return readings.prose(unescape(html) if "&" in html else html)
