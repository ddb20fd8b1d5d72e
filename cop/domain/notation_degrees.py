"""Latitude and longitude as people write them: decimal, with minutes, with minutes and seconds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from cop.domain import place_words
from cop.domain.geodesic import Place
from cop.domain.place_read import NotAPlace, Read

#: metres of a degree of latitude, for what a digit is worth
_DEGREE_M = 111_320.0
_TOKEN = re.compile(
    r"(?P<number>[+-]? ?(?:[0-9]{1,3}(?![0-9])(?:\.[0-9]{0,15})?))"
    r"|(?P<label>latitude|longitude|lat|long|lng|lon)(?![a-z])"
    r"|(?P<letter>north|south|east|west|n|s|e|w)(?![a-z])"
    r"|(?P<mark>degrees|degree|deg|minutes|minute|min|seconds|second|sec|''|[°'\"dm])"
    r"|(?P<part>[,;/|])"
    r"|(?P<space>[ :=]+)",
    re.IGNORECASE,
)
_LETTERS = {"n": ("lat", 1), "s": ("lat", -1), "e": ("lon", 1), "w": ("lon", -1)}
_DECIMAL_COMMA = re.compile(r"(?<=[0-9]),(?=[0-9])")
_LIMITS = {"lat": 90.0, "lon": 180.0}
_UNITS = ("degrees", "minutes", "seconds")
_MOST_TOKENS = 60
_NOTATIONS = ("Degrees", "Degrees and minutes", "Degrees, minutes, seconds")

Axis = Literal["lat", "lon", ""]


@dataclass(slots=True)
class _Value:
    """One of the two: its figures in order, which of them is which, and what says where it points."""

    numbers: list[str] = field(default_factory=list)
    marks: dict[int, int] = field(default_factory=dict)  # position of a figure: 0 degrees, 1 minutes, 2 seconds
    axis: str = ""
    sign: int = 0  # by a letter

    @property
    def signed(self) -> bool:
        return bool(self.numbers) and self.numbers[0][:1] in {"+", "-"}


def read_degrees(text: str, near: Place | None = None) -> list[Read]:
    """Every reading of two angles; [] if the text is something else. Raises NotAPlace.

    Two figures with neither letters nor signs are read as they stand, and in the three other hemispheres as guesses.
    """
    tokens = _tokens(text)
    if tokens is None:
        return []
    first, second = _parted(tokens)
    noted = ""
    if not first.axis and not second.axis:
        first.axis, second.axis = "lat", "lon"
        if _size(first) > 90.0 >= _size(second) and first.signed:
            first.axis, second.axis = "lon", "lat"
            noted = "Longitude came first"
    elif not first.axis or not second.axis:
        known, other = (first, second) if first.axis else (second, first)
        if not other.signed:
            missing = "E or W" if known.axis == "lat" else "N or S"
            raise NotAPlace(f"Say {missing} for the other figure, or give it a sign.")
        other.axis = "lon" if known.axis == "lat" else "lat"
    if first.axis == second.axis:
        raise NotAPlace("Both figures are said to be latitudes, or both longitudes.")
    lat, lon = (first, second) if first.axis == "lat" else (second, first)
    degrees = (_angle(lat), _angle(lon))
    unsaid = [one for one in (first, second) if not one.sign and not one.signed]
    form = max(len(first.numbers), len(second.numbers)) - 1
    precision = max(_worth_m(first), _worth_m(second))
    if len(unsaid) < 2:  # a sign or a letter shows that the writer minds hemispheres
        return [_found(*degrees, form, precision, noted)]
    quarters = [(north, east) for north in (1, -1) for east in (1, -1)]
    return [
        _found(
            north * degrees[0],
            east * degrees[1],
            form,
            precision,
            "; ".join(part for part in (noted, _guessed(north, east)) if part),
        )
        for north, east in quarters
        if (degrees[0] or north > 0) and (degrees[1] or east > 0)
    ]


def _guessed(north: int, east: int) -> str:
    return f"{'N' if north > 0 else 'S'} {'E' if east > 0 else 'W'} is assumed"


def _found(lat: float, lon: float, form: int, precision_m: float, note: str) -> Read:
    written = (place_words.degrees, place_words.ddm, place_words.dms)[form]
    return Read(lat, lon, _NOTATIONS[form], written(lat, lon), precision_m, note=note[:1].upper() + note[1:])


def _tokens(text: str) -> list[tuple[str, str]] | None:
    """Kind and text of each part; None if there is anything that has no place in an angle."""
    if not any(one.isdigit() for one in text) or len(text) > 200:
        return None
    commas = len(_DECIMAL_COMMA.findall(text))
    marked = any(mark in text for mark in "°'\"")
    if "." not in text and (commas == 2 or (marked and commas == 1)):
        text = _DECIMAL_COMMA.sub(".", text)
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or len(found) > _MOST_TOKENS:
            return None
        at = token.end()
        kind = str(token.lastgroup)
        said = token[0].strip().lower()
        if kind == "letter" and said == "s" and _says_seconds(found):
            kind = "mark"
        if kind != "space":
            found.append((kind, said))
    return found if sum(kind == "number" for kind, _ in found) >= 2 else None


def _says_seconds(before: Sequence[tuple[str, str]]) -> bool:
    """Whether an s stands for seconds: after a figure that follows minutes written with a letter."""
    return len(before) >= 2 and before[-1][0] == "number" and before[-2][0] == "mark" and before[-2][1].startswith("m")


def _parted(tokens: list[tuple[str, str]]) -> tuple[_Value, _Value]:
    """The two angles: parted where a label, a letter, a comma or a sign says so, else in the middle."""
    groups = _groups(tokens)
    if len(groups) != 2:
        raise NotAPlace("A place has one latitude and one longitude.")
    return _value(groups[0]), _value(groups[1])


def _groups(tokens: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    kinds = [kind for kind, _ in tokens]
    numbers = [at for at, kind in enumerate(kinds) if kind == "number"]
    if kinds.count("label") == 2 and kinds[0] == "label":
        starts = [at for at, kind in enumerate(kinds) if kind == "label"]
    elif kinds.count("label"):
        raise NotAPlace("Name both latitude and longitude, or neither.")
    elif kinds.count("letter") == 2 and kinds[0] == "letter":
        starts = [at for at, kind in enumerate(kinds) if kind == "letter"]
    elif kinds.count("letter") == 2 and numbers[0] < kinds.index("letter") < numbers[-1]:
        starts = [0, kinds.index("letter") + 1]
    elif kinds.count("part") == 1 and numbers[0] < kinds.index("part") < numbers[-1]:
        starts = [0, kinds.index("part") + 1]
    elif len(signs := [at for at in numbers[1:] if tokens[at][1][0] in "+-"]) == 1:
        starts = [0, signs[0] - (kinds[signs[0] - 1] == "letter" and kinds[0] == "letter")]
    elif kinds.count("letter") == 1 and numbers[0] < kinds.index("letter") < numbers[-1]:
        starts = [0, kinds.index("letter") + 1]
    elif len(whole := [at for at in numbers if at + 1 < len(tokens) and tokens[at + 1][1][0] in "°d"]) == 2:
        starts = [0, whole[1]]
    elif len(numbers) % 2 == 0 and len(numbers) <= 6:
        starts = [0, numbers[len(numbers) // 2]]
    else:
        raise NotAPlace("It is not clear where the latitude ends: put a comma there.")
    return [tokens[starts[0] : starts[1]], tokens[starts[1] :]]


def _value(tokens: list[tuple[str, str]]) -> _Value:
    value = _Value()
    for kind, said in tokens:
        if kind == "number":
            value.numbers.append(said.replace(" ", ""))
        elif kind == "mark":
            place = len(value.numbers) - 1
            if place < 0 or place in value.marks:
                raise NotAPlace("A sign for degrees, minutes or seconds stands after its figure.")
            value.marks[place] = 2 if said in {'"', "''"} or said[0] == "s" else 1 if said[0] in "'m" else 0
        elif kind == "label":
            value.axis = "lat" if said.startswith("lat") else "lon"
        elif kind == "letter":
            axis, sign = _LETTERS[said[0]]
            if value.sign or (value.axis and value.axis != axis):
                raise NotAPlace("Two letters speak against each other.")
            value.axis, value.sign = axis, sign
    return value


def _places(value: _Value) -> list[int]:
    """For each figure whether it is degrees (0), minutes (1) or seconds (2)."""
    places: list[int] = []
    for at in range(len(value.numbers)):
        place = value.marks.get(at, places[-1] + 1 if places else 0)
        if (places and place <= places[-1]) or (not places and place):
            raise NotAPlace("Degrees come first, then minutes, then seconds, each once.")
        places.append(place)
    if not places or places[-1] > 2:
        raise NotAPlace("An angle has degrees, minutes and seconds, no more.")
    return places


def _size(value: _Value) -> float:
    return abs(float(value.numbers[0])) if value.numbers else 0.0


def _angle(value: _Value) -> float:
    """Degrees, negative in the south and the west."""
    total = 0.0
    for at, (place, said) in enumerate(zip(_places(value), value.numbers, strict=True)):
        if at and (said[0] in "+-" or abs(float(said)) >= 60.0):
            raise NotAPlace(f"There are no {said} {_UNITS[place]}: they go to 59.")
        if at < len(value.numbers) - 1 and "." in said:
            raise NotAPlace(f"Only the last figure has decimals, not {said} {_UNITS[place]}.")
        total += abs(float(said)) / 60.0**place
    limit = _LIMITS[value.axis]
    if total > limit:
        name = "latitude" if value.axis == "lat" else "longitude"
        raise NotAPlace(f"A {name} goes to {limit:.0f}°, not to {value.numbers[0].lstrip('+-')}°.")
    own = {"-": -1, "+": 1}.get(value.numbers[0][0], 0)
    if value.sign and own and (own > 0 > value.sign or own < 0 < value.sign):
        raise NotAPlace("The sign and the letter speak against each other.")
    return total * (value.sign or own or 1)


def _worth_m(value: _Value) -> float:
    """What the last digit is worth on the ground, at the most."""
    last = value.numbers[-1]
    decimals = len(last.partition(".")[2])
    return _DEGREE_M / 60.0 ** _places(value)[-1] / 10.0**decimals
