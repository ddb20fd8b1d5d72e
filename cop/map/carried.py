"""What is carried with the mouse from one part of the desk to another: units to an incident, or it to a unit."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from PySide6.QtCore import QMimeData

from cop.picture.change import Key

#: nothing of another program is taken for ours, nor ours for anything by another program
MIME = "application/x-cop-carried"
_MOST_UNITS = 200


@dataclass(frozen=True, slots=True)
class Carried:
    """Units, or one incident: their keys (agency, id)."""

    kind: str
    keys: tuple[Key, ...]

    @property
    def wants(self) -> str:
        """The kind of object that it can be put on."""
        return "incident" if self.kind == "unit" else "unit"


class Assignment(msgspec.Struct, frozen=True):
    """Who is to go where: units and the incident that they were put on, or that was put on them."""

    units: tuple[Key, ...]
    incident: Key


def put_on(carried: Carried, kind: str, key: Key) -> Assignment | None:
    """What is meant by putting it there; None: nothing."""
    if not carried.keys or kind != carried.wants:
        return None
    if carried.kind == "unit":
        return Assignment(carried.keys, key)
    return Assignment((key,), carried.keys[0])


def packed(kind: str, keys: Sequence[Key]) -> QMimeData:
    """It as Qt carries it."""
    mime = QMimeData()
    mime.setData(MIME, msgspec.json.encode((kind, list(keys))))
    return mime


def unpacked(mime: QMimeData) -> Carried | None:
    """What is carried; None where it is nothing of ours."""
    if not mime.hasFormat(MIME):
        return None
    try:
        kind, keys = msgspec.json.decode(bytes(mime.data(MIME).data()), type=tuple[str, tuple[Key, ...]])
    except msgspec.MsgspecError:
        return None
    if kind not in {"unit", "incident"} or not keys or len(keys) > (_MOST_UNITS if kind == "unit" else 1):
        return None
    return Carried(kind, keys)
