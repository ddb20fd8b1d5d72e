"""A filled form as data: what is on it, part by part, whatever it is printed on. Everything on it is plain text.

Whoever edits a form makes another one of it; whoever prints it knows no agency and no incident.
"""

import msgspec


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered block with a text: `number` and `label` as the form has them; `share` of its row's width.

    `lines` is how high it is at least.
    """

    number: str = ""
    label: str
    text: str = ""
    share: float = 1.0
    lines: int = 1


class Row(msgspec.Struct, frozen=True, kw_only=True, tag="row"):
    """Boxes side by side."""

    boxes: tuple[Box, ...]


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a table: its heading, and its share of the width."""

    heading: str
    share: float = 1.0


class Table(msgspec.Struct, frozen=True, kw_only=True, tag="table"):
    """A numbered block with a list; a long one flows over pages under its headings. `rows` are as wide as `columns`.

    `blank` is how many empty rows follow, to be filled in by hand.
    """

    number: str = ""
    label: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    blank: int = 0


class Sketch(msgspec.Struct, frozen=True, kw_only=True, tag="sketch"):
    """A map: a PNG; without one the room for a drawing by hand."""

    number: str = ""
    label: str
    png: bytes = b""
    share_of_page: float = 0.4


Part = Row | Table | Sketch


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """Who prepared (or approved) it: the line at the foot; the signature is written by hand."""

    label: str = "Prepared by"
    name: str = ""
    position: str = ""
    at: str = ""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A whole form. `name` is the ICS number ("201", "213RR"); `marking` the classification line, empty for none.

    `note` is a line at the foot: what was kept back under which clauses, that it is an exercise, or of the past.
    """

    name: str
    title: str
    parts: tuple[Part, ...]
    signatures: tuple[Signature, ...] = (Signature(),)
    marking: str = ""
    note: str = ""
    landscape: bool = False
