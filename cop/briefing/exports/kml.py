"""KML 2.2 (OGC 12-007r2): folders by agency and kind, with times, and every field as ExtendedData.

What people wrote is text wherever it stands: Google Earth shows descriptions as HTML, and would fetch what they name.
"""

import html
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any, NamedTuple

from lxml import etree

from cop.briefing.exports.export import KINDS, Export, head, title
from cop.briefing.exports.looks import Look, agency_colour, area_colour, look_of
from cop.briefing.exports.text import flattened, legal
from cop.briefing.exports.things import Thing, Way, moment_words, things, ways
from cop.picture.names import agency_name

USUAL = ("unit", "trail", "incident", "resource", "zone", "alert")
POSSIBLE = (*USUAL, "task")
KML, GX = "http://www.opengis.net/kml/2.2", "http://www.google.com/kml/ext/2.2"
_NAMES = {None: KML, "gx": GX}
#: the description and nothing else: what stands in other fields would be shown as HTML
_BALLOON = "$[description]"
_OPAQUE, _TRANSLUCENT = "ff", "40"
#: kind -> the fields that say from when and until when it holds
_SPANS = {"incident": ("opened_at", "closed_at"), "zone": ("starts_at", "expires_at")}
_SPANS["alert"] = _SPANS["zone"]

#: the file of a look's symbol; a look that has none wears the viewer's own pin
Icons = Mapping[Look, str]


class _Style(NamedTuple):
    """What several placemarks have in common: their symbol, or the line of their outline."""

    look: Look | None
    colour: str


def write(export: Export, to: IO[bytes]) -> int:
    """Write one document; how many placemarks it has."""
    return write_document(export, to, {})


def looks(export: Export) -> list[Look]:
    """The looks of all that has one place, each once."""
    kinds = export.kinds(USUAL, POSSIBLE)
    styles = [_style(export, one).look for one in things(export, kinds)]
    return list(dict.fromkeys(look for look in styles if look is not None))


def write_document(export: Export, to: IO[bytes], icons: Icons) -> int:
    """Write the document with these symbols; how many placemarks it has."""
    kinds = export.kinds(USUAL, POSSIBLE)
    folders: dict[str, dict[str, list[tuple[Thing | Way, _Style]]]] = {}
    for one in things(export, kinds):
        folders.setdefault(one.agency, {}).setdefault(one.kind, []).append((one, _style(export, one)))
    for way in ways(export) if "trail" in kinds else ():
        style = _Style(None, agency_colour(export.leaving.picture, way.agency))
        folders.setdefault(way.agency, {}).setdefault("trail", []).append((way, style))
    worn = dict.fromkeys(style for inside in folders.values() for some in inside.values() for _, style in some)
    names = {style: f"style-{number}" for number, style in enumerate(worn)}
    count = 0
    with etree.xmlfile(to, encoding="utf-8") as file:
        file.write_declaration()
        with file.element(_tag("kml"), nsmap=_NAMES), file.element(_tag("Document")):
            for element in (*_heading(export), *(_style_element(names[one], one, icons) for one in worn)):
                file.write(element)
            for agency in sorted(folders):
                with file.element(_tag("Folder")):
                    file.write(_text("name", agency_name(export.leaving.picture, agency)))
                    for kind, some in folders[agency].items():
                        marks = (_placemark(one, names[style]) for one, style in some)
                        file.write(_element("Folder", _text("name", KINDS[kind]), *marks))
                        count += len(some)
    return count


def object_name(kind: str, agency: str, object_id: str) -> str:
    """An object's name as an id of XML, which holds few signs (XML Schema 2 §3.3.8): others are written `_2f_`."""
    name = f"{kind}/{agency}/{object_id}"
    return "".join(one if one.isascii() and (one.isalnum() or one in "-.") else f"_{ord(one):x}_" for one in name)


def _tag(name: str) -> str:
    return f"{{{KML}}}{name}"


def _element(tag: str, /, *inside: Any, **attributes: str) -> Any:
    element = etree.Element(_tag(tag), attributes, nsmap=_NAMES)
    element.extend(inside)
    return element


def _text(tag: str, text: str, /, **attributes: str) -> Any:
    element = _element(tag, **attributes)
    element.text = legal(text)
    return element


def _heading(export: Export) -> Iterator[Any]:
    """What the document says of itself."""
    said = head(export)
    yield _text("name", title(export))
    yield _text("open", "1")
    yield _described(said.items())
    yield _fields(said.items())


def _described(fields: Iterable[tuple[str, str]]) -> Any:
    """Fields to read, one a line: text, also where a viewer takes it for HTML and fills in `$[field]`."""
    lines = (f"<b>{html.escape(name)}</b>: {html.escape(words)}" for name, words in fields)
    return _text("description", "<br/>".join(lines).replace("$[", "$&#91;"))


def _fields(fields: Iterable[tuple[str, str]]) -> Any:
    pairs = (_element("Data", _text("value", words), name=legal(name)) for name, words in fields)
    return _element("ExtendedData", *pairs)


def _style(export: Export, one: Thing) -> _Style:
    colour = agency_colour(export.leaving.picture, one.agency)
    if one.geometry is not None and one.geometry["type"] in {"Point", "MultiPoint"}:
        return _Style(look_of(one, colour), colour)
    return _Style(None, area_colour(one, colour))


def _style_element(name: str, style: _Style, icons: Icons) -> Any:
    colour = _abgr(style.colour, _OPAQUE)
    inside = [
        _element("LineStyle", _text("color", colour), _text("width", "3")),
        _element("PolyStyle", _text("color", _abgr(style.colour, _TRANSLUCENT))),
        _element("BalloonStyle", _text("text", _BALLOON)),
    ]
    icon = icons.get(style.look) if style.look is not None else None
    if icon:
        shown = _element("Icon", _text("href", icon))
        inside.insert(0, _element("IconStyle", _text("scale", "1.1"), shown))
    elif style.look is not None:
        inside.insert(0, _element("IconStyle", _text("color", colour)))
    return _element("Style", *inside, id=name)


def _abgr(colour: str, alpha: str) -> str:
    red, green, blue = colour[1:3], colour[3:5], colour[5:7]
    return f"{alpha}{blue}{green}{red}".lower()


def _placemark(one: Thing | Way, style: str) -> Any:
    if isinstance(one, Way):
        return _track(one, style)
    fields = list(flattened({"kind_of_object": one.kind, **one.fields}))
    inside = [
        _text("name", one.name),
        _described(fields),
        *_times(one),
        _text("styleUrl", f"#{style}"),
        _fields(fields),
    ]
    if one.geometry is not None:
        inside.append(_geometry(one.geometry))
    return _element("Placemark", *inside, id=object_name(one.kind, one.agency, one.id))


def _times(one: Thing) -> Iterator[Any]:
    """When it was so: a unit's place at one moment, what holds for a time from then to then."""
    if one.kind not in _SPANS:
        if when := one.fields.get("reported_at"):  # a unit that never said where it is has no time either
            yield _element("TimeStamp", _text("when", str(when)))
        return
    begin, end = (str(one.fields.get(name) or "") for name in _SPANS[one.kind])
    said = [_text(name, moment) for name, moment in (("begin", begin), ("end", end)) if moment]
    if said:
        yield _element("TimeSpan", *said)


def _track(way: Way, style: str) -> Any:
    """A trail as tracks (gx:Track), one for each stretch that is known all the way."""
    trail = way.trail
    tracks = []
    for stretch in way.stretches():
        track = etree.Element(f"{{{GX}}}Track", nsmap=_NAMES)
        track.extend(_text("when", moment_words(at)) for at in trail.at[stretch].tolist())
        for lon, lat in zip(trail.lon[stretch].tolist(), trail.lat[stretch].tolist(), strict=True):
            etree.SubElement(track, f"{{{GX}}}coord").text = f"{lon:.7f} {lat:.7f} 0"
        tracks.append(track)
    whole = etree.Element(f"{{{GX}}}MultiTrack", nsmap=_NAMES)
    whole.extend(tracks)
    fields = [("kind_of_object", "trail"), ("agency", way.agency), ("unit", way.unit), ("callsign", way.callsign)]
    return _element(
        "Placemark",
        _text("name", f"{way.callsign}: trail"),
        _text("styleUrl", f"#{style}"),
        _fields(fields),
        whole,
        id=object_name("trail", way.agency, way.unit),
    )


def _geometry(geometry: Mapping[str, Any]) -> Any:
    kind = str(geometry["type"])
    if kind == "GeometryCollection":
        return _element("MultiGeometry", *map(_geometry, geometry["geometries"]))
    places = geometry["coordinates"]
    if kind.startswith("Multi"):
        single = kind.removeprefix("Multi")
        return _element("MultiGeometry", *(_geometry({"type": single, "coordinates": one}) for one in places))
    if kind == "Polygon":
        outer, *holes = (_element("LinearRing", _coordinates(ring)) for ring in places)
        inner = (_element("innerBoundaryIs", hole) for hole in holes)
        return _element("Polygon", _element("outerBoundaryIs", outer), *inner)
    return _element(kind, _coordinates([places] if kind == "Point" else places))


def _coordinates(places: Iterable[Any]) -> Any:
    return _text("coordinates", " ".join(f"{place[0]:.7f},{place[1]:.7f}" for place in places))
