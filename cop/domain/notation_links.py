"""Links of maps that people paste: Google, OpenStreetMap, Bing, Apple, Waze, Here and `geo:` (RFC 5870)."""

import re
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from cop.domain.geodesic import Place
from cop.domain.notation_degrees import read_degrees
from cop.domain.place_read import NotAPlace, Read
from cop.domain.place_words import degrees

_ANGLE = r"([+-]?[0-9]{1,3}(?:\.[0-9]{0,15})?)"
_PAIR = re.compile(rf"(?:loc:|point\.)?{_ANGLE}(?:,| |~|_|/) ?{_ANGLE}(?![0-9.])")
_GOOGLE_PIN = re.compile(rf"!3d{_ANGLE}!4d{_ANGLE}(?![0-9.])")
_GOOGLE_VIEW = re.compile(rf"/@{_ANGLE},{_ANGLE}(?![0-9.])")
_HASH_VIEW = re.compile(rf"(?:map=)?[0-9]{{1,2}}(?:\.[0-9]{{0,6}})?/{_ANGLE}/{_ANGLE}(?![0-9.])")
_IN_PATH = re.compile(rf"/{_ANGLE},[ +]?{_ANGLE}(?=/|$)")
_GEO = re.compile(rf"{_ANGLE},{_ANGLE}(?:,[+-]?[0-9.]{{1,12}})?(?=;|\?|$)")
_LINK = re.compile(r"(?:https?://|www\.|maps\.|geo:|(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12}/)", re.IGNORECASE)
_WORDS = re.compile(r"(?:///)?[^\W\d_]{2,30}[.][^\W\d_]{2,30}[.][^\W\d_]{2,30}")
_PLUS_CODE = re.compile(r"[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,7}( .*)?", re.IGNORECASE)
_SHORTENED = ("goo.gl", "app.goo.gl", "osm.org", "bit.ly", "tinyurl.com", "t.co", "binged.it", "maps.apple")
#: what a link names, before what it merely shows
_NAMED = ("q", "query", "destination", "daddr", "coordinate", "ll", "sp", "where1", "center", "saddr", "pin")
_SHOWN = ("cp", "sll", "map", "viewpoint", "c")


def read_link(text: str, near: Place | None = None) -> list[Read]:
    """The place that a link names, else the middle of the map that it shows; [] if it is no link. Raises NotAPlace."""
    if text.startswith("///") and _WORDS.fullmatch(text):
        raise NotAPlace("what3words needs its own service: ask for a grid reference or for degrees.")
    if _PLUS_CODE.fullmatch(text):
        raise NotAPlace("Plus codes are not read: ask for a grid reference or for degrees.")
    if _LINK.match(text) is None:
        return []
    if text[:4].lower() == "geo:":
        return [_geo(text[4:])]
    try:
        link = urlsplit(text if "://" in text[:9] else f"https://{text}")
        host = (link.hostname or "").lower()
        asked = {name: values[0].strip() for name, values in parse_qs(link.query, max_num_fields=60).items()}
    except ValueError as error:
        raise NotAPlace("This link cannot be read.") from error
    if host in {"what3words.com", "w3w.co", "www.what3words.com"}:
        raise NotAPlace("what3words needs its own service: ask for a grid reference or for degrees.")
    found = _of_link(link, asked)
    if found is None:
        short = host.endswith(_SHORTENED) and len(link.path) < 40
        raise NotAPlace(
            "This short link says no place by itself: open it in a browser and copy the long one."
            if short
            else "This link names no place."
        )
    return [found]


def _of_link(link: SplitResult, asked: dict[str, str]) -> Read | None:
    path, fragment = unquote(link.path), unquote(link.fragment)
    if "mlat" in asked and "mlon" in asked:
        return _pair(_PAIR.fullmatch(f"{asked['mlat']},{asked['mlon']}"), "Link")
    if (pin := _GOOGLE_PIN.findall(path)) and (found := _GOOGLE_PIN.search(path, path.rfind("!3d" + pin[-1][0]))):
        return _pair(found, "Link")
    for name in _NAMED:
        if name in asked and (one := _value(asked[name])) is not None:
            return one
    if (found := _IN_PATH.search(path)) is not None:
        return _pair(found, "Link")
    if "lat" in asked and (other := next((asked[name] for name in ("lon", "lng", "long") if name in asked), "")):
        return _pair(_PAIR.fullmatch(f"{asked['lat']},{other}"), "Link")
    shown = _GOOGLE_VIEW.search(path) or _HASH_VIEW.match(fragment)
    for name in _SHOWN:
        shown = shown or _PAIR.match(asked.get(name, ""))
    return _pair(shown, "Link", "Middle of the linked map")


def _value(said: str) -> Read | None:
    """A place in a link's field: two figures, or degrees in any form."""
    if (found := _PAIR.match(said)) is not None:
        return _pair(found, "Link")
    try:
        read = read_degrees(said[:120])
    except NotAPlace:
        return None
    return Read(read[0].lat, read[0].lon, "Link", read[0].text, read[0].precision_m) if read else None


def _geo(said: str) -> Read:
    """RFC 5870; `geo:0,0?q=…` is how telephones name a place that is not the middle of the map."""
    place, _, query = said.partition("?")
    if re.search(r";crs=(?!wgs84(;|$))", place, re.IGNORECASE):
        raise NotAPlace("This geo: link is in another coordinate system than WGS 84.")
    asked = parse_qs(query, max_num_fields=60) if query.count("&") < 60 else {}
    named = _PAIR.match(asked.get("q", [""])[0])
    one = _pair(named or _GEO.match(place), "Link")
    if one is None:
        raise NotAPlace("This geo: link names no place.")
    return one


def _pair(found: re.Match[str] | None, notation: str, note: str = "") -> Read | None:
    if found is None:
        return None
    lat, lon = float(found[1]), float(found[2])
    if abs(lat) > 90.0 or abs(lon) > 180.0:
        raise NotAPlace("The figures in this link are no latitude and longitude.")
    decimals = max(len(figure.partition(".")[2]) for figure in found.groups()[:2])
    return Read(lat, lon, notation, degrees(lat, lon), 111_320.0 / 10.0**decimals, note=note)
