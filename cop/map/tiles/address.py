"""The address of a tile: an XYZ template with its places filled in. Knows no Qt."""

import re
from urllib.parse import urlsplit

#: {name} -> how a tile fills it
_PLACES = frozenset({"z", "x", "y", "-y", "s", "r", "q", "quadkey"})
_SUBDOMAINS = "abc"


def template_problem(template: str) -> str:
    """What is wrong with a template, empty if nothing is."""
    parts = urlsplit(template)
    if parts.scheme not in {"http", "https", "file"}:
        return f"{template!r} does not begin with http://, https:// or file:///"
    if parts.scheme != "file" and not parts.hostname:
        return f"{template!r} names no host"
    places = set(re.findall(r"\{([^{}]*)\}", template))
    if unknown := sorted(places - _PLACES):
        return f"{{{unknown[0]}}} is no part of a tile's address; known are {{z}} {{x}} {{y}} {{-y}} {{s}} {{r}} {{q}}"
    if places & {"q", "quadkey"}:
        return ""
    if not ({"z", "x"} <= places and places & {"y", "-y"}):
        return f"{template!r} lacks {{z}}, {{x}} or {{y}}"
    return ""


def address(template: str, z: int, x: int, y: int, *, ratio: int = 1) -> str:
    """A template filled in for a tile. {-y} counts rows from the south (TMS), {q} is a quadkey, {r} is "@2x" or ""."""
    values = {
        "z": str(z),
        "x": str(x),
        "y": str(y),
        "-y": str((1 << z) - 1 - y),
        "s": _SUBDOMAINS[(x + y) % len(_SUBDOMAINS)],
        "r": "@2x" if ratio > 1 else "",
        "q": quadkey(z, x, y),
        "quadkey": quadkey(z, x, y),
    }
    return re.sub(r"\{([^{}]*)\}", lambda place: values.get(place[1], place[0]), template)


def quadkey(z: int, x: int, y: int) -> str:
    """A tile as one number of base 4, a digit a level (the Bing Maps tile system)."""
    return "".join(str((x >> level & 1) + 2 * (y >> level & 1)) for level in range(z - 1, -1, -1))
