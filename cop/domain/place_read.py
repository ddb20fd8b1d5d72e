"""What was read of a typed place."""

from dataclasses import dataclass

from cop.domain.geodesic import Place


class NotAPlace(Exception):  # noqa: N818  # it is an answer to a person, not an error
    """The text looks like this notation and names no place; the text of the exception is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Read:
    """A place in degrees WGS 84, the notation it came in, and how exact it was said.

    `precision_m` is the side of the grid's cell, or what the last digit is worth. `cell` are the corners of the grid's
    cell, the south-west one first: a grid reference names a cell, and the place is its middle. `note` says what was
    assumed.
    """

    lat: float
    lon: float
    notation: str
    text: str
    precision_m: float
    cell: tuple[Place, ...] = ()
    note: str = ""
