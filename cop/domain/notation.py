"""Reads a place as people write it: degrees in every form, US National Grid, UTM, a pasted link of a map.

Nothing here asks a network, nothing raises, and no text takes long. What could be read in two ways is told so.
"""

import unicodedata

from cop.domain.geodesic import Place, distance_and_bearing
from cop.domain.notation_degrees import read_degrees
from cop.domain.notation_grid import read_grid, read_utm
from cop.domain.notation_links import read_link
from cop.domain.place_read import NotAPlace, Read

__all__ = ["Read", "read_place", "read_places", "why_not"]

#: the longest link of a map that is of use; a longer text is no place
_LONGEST = 2000
_SAME = str.maketrans(
    {
        **dict.fromkeys("−–—‒‐‑", "-"),
        **dict.fromkeys("′’‘´`ʹ‵", "'"),
        **dict.fromkeys("″“”˝ʺ", '"'),
        **dict.fromkeys("º˚", "°"),
        "，": ",",
        "；": ";",
    }
)


def read_place(text: str, near: Place | None = None) -> Read | None:
    """The place that a text names, as likely as not; None if it names none: `why_not` says why.

    `near` (latitude, longitude) is where the reader looks: a grid reference without its zone is taken near to it.
    """
    found = read_places(text, near)
    return found[0] if found else None


def read_places(text: str, near: Place | None = None) -> list[Read]:
    """Every place that a text may name, the literal reading first; each of several says in `note` how it was read."""
    read = _read(text, near)
    return read if isinstance(read, list) else []


def why_not(text: str, near: Place | None = None) -> str:
    """Why a text that looks like a place is none; empty if it is one, or nothing like one."""
    read = _read(text, near)
    return read if isinstance(read, str) else ""


def _read(text: str, near: Place | None) -> list[Read] | str:
    if len(text) > _LONGEST:
        return "This is too long for a place."
    plain = _plain(text)
    if not plain:
        return ""
    reason = ""
    for reader in (read_link, read_utm, read_grid, read_degrees):
        try:
            found = reader(plain, near)
        except NotAPlace as refusal:
            reason = reason or str(refusal)
            continue
        if found:
            return _others_too(found, near) if reader is read_degrees else found
    return reason


def _plain(text: str) -> str:
    """One line with the signs of a keyboard: typographic primes, dashes and wide digits are the plain ones."""
    same = text.translate(_SAME)  # before the next line, which would part the double prime
    same = unicodedata.normalize("NFKC", same).translate(_SAME)
    return " ".join("".join(one if one.isprintable() else " " for one in same).split())


def _others_too(found: list[Read], near: Place | None) -> list[Read]:
    """Where neither a letter nor a sign says which hemisphere: the one near to here, and the figures as they stand."""
    if near is None or len(found) == 1:
        return found[:1]
    here = near
    nearest = min(found, key=lambda one: distance_and_bearing(here, (one.lat, one.lon))[0])
    return [nearest] if nearest is found[0] else [nearest, found[0]]
