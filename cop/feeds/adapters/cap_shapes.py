"""Polygons and circles of alerts (CAP 1.2 §3.2.4) as one GeoJSON geometry."""

from typing import Any

from cop.feeds.adapters import outlines, readings
from cop.feeds.adapters.geometries import MAX_VERTICES

#: of one alert; its polygons and circles beyond are left out, and that is said
MAX_SHAPES = 1_000
_MAX_RADIUS_KM = 20_000.0
_OF_PLAIN_PAIRS = b"0123456789+-., \n\t\r"
_Ring = list[list[float]]


def union(
    polygons: list[str], circles: list[str], losses: dict[str, str], *, corners: int = 48
) -> dict[str, Any] | None:
    """All areas as one geometry, longitude first; None if there is none that can be read.

    Polygons are "lat,lon lat,lon …", closed; circles "lat,lon radius" in km, drawn with so many corners, a point for a
    radius of 0 and for 0 corners. What cannot be read or drawn goes to `losses`, and so does what was thinned.
    """
    if not polygons and not circles:
        return None
    polygons, circles = list(dict.fromkeys(filter(None, polygons))), list(dict.fromkeys(filter(None, circles)))
    if len(polygons) + len(circles) > MAX_SHAPES:
        losses["areas"] = f"only the first {MAX_SHAPES:,} of {len(polygons) + len(circles):,} are drawn"
        polygons = polygons[:MAX_SHAPES]
        circles = circles[: MAX_SHAPES - len(polygons)]
    rings: list[_Ring] = []
    points: list[list[float]] = []
    polygons = [text if "," in text else _with_commas(text) for text in polygons]
    count = sum(text.count(",") for text in polygons)
    step = -(-count // (MAX_VERTICES // 2)) if count > MAX_VERTICES else 1
    if step > 1:
        losses["vertices"] = f"every {step}th of {count:,} is kept"
    for text in polygons:
        _take_polygon(text, step, rings, points, losses)
    for text in circles:
        _take_circle(text, corners, rings, points, losses)
    if rings:
        if points:
            losses["points"] = readings.loss("; ".join(f"{lat:g},{lon:g}" for lon, lat in points[:16]))
        if len(rings) == 1:
            return {"type": "Polygon", "coordinates": rings}
        return {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}
    if len(points) > 1:
        return {"type": "MultiPoint", "coordinates": points}
    return {"type": "Point", "coordinates": points[0]} if points else None


def _take_polygon(text: str, step: int, rings: list[_Ring], points: list[list[float]], losses: dict[str, str]) -> None:
    ring = _plain_ring(text) if step == 1 else None
    if ring is None:
        ring = _ring(_thinned(text.split(), step))
    if ring is None and ", " in text:  # a blank after the comma
        ring = _ring(_thinned(text.replace(", ", ",").split(), step))
    if not ring:
        _note(losses, "polygon", f"not readable: {text[:300]}")
        return
    if ring[0] != ring[-1]:
        ring.append(ring[0])
        _note(losses, "polygon", f"was not closed: {text[:300]}")
    if all(position == ring[0] for position in ring):
        points.append(ring[0])  # a line around nothing would not be seen
    elif len(ring) < 4:
        _note(losses, "polygon", f"not readable: {text[:300]}")
    else:
        rings.append(ring)


def _plain_ring(text: str) -> _Ring | None:
    """As `_ring`, several times as fast, where each pair is written as the standard has it; None elsewhere."""
    count = len(text.split())
    if text.count(",") != count or text.encode("ascii", "replace").translate(None, _OF_PLAIN_PAIRS):
        return None
    try:
        figures = list(map(float, text.replace(",", " ").split()))
    except ValueError:
        return None
    lats, lons = figures[::2], figures[1::2]
    if len(figures) != 2 * count or min(lats) < -90.0 or max(lats) > 90.0 or min(lons) < -180.0 or max(lons) > 180.0:
        return None
    return list(map(list, zip(lons, lats, strict=True)))


def _with_commas(text: str) -> str:
    """The polygon of GeoRSS, "lat lon lat lon …", as CAP writes it."""
    figures = text.split()
    return " ".join(map(",".join, zip(figures[::2], figures[1::2], strict=True))) if len(figures) % 2 == 0 else text


def _ring(pairs: list[str]) -> _Ring | None:
    """Positions, longitude first, of "lat,lon" pairs; None if one is none, or no place on the globe."""
    ring: _Ring = []
    add = ring.append
    try:
        for pair in pairs:
            lat_text, _, lon_text = pair.partition(",")
            lat, lon = float(lat_text), float(lon_text.rstrip(",") if lon_text[-1:] == "," else lon_text)
            if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
                return None
            add([lon, lat])
    except ValueError:
        return None
    # Python takes other scripts' figures and 1_0 for figures; nobody else does.
    return ring if all(map(str.isascii, pairs)) and not any("_" in pair for pair in pairs) else None


def _take_circle(
    text: str, corners: int, rings: list[_Ring], points: list[list[float]], losses: dict[str, str]
) -> None:
    figures = [readings.figure(one) for one in text[:200].replace(",", " ").split()]
    if len(figures) == 2:
        figures.append(0.0)
        _note(losses, "circle", f"no radius: {text}")
    lat, lon, radius_km = (readings.within(one, -180.0, _MAX_RADIUS_KM) for one in (*figures, None, None, None)[:3])
    if len(figures) != 3 or lat is None or lon is None or not readings.on_the_globe(lat, lon):
        _note(losses, "circle", f"not readable: {text[:300]}")
        return
    if radius_km is None or radius_km < 0.0:
        radius_km = 0.0
        _note(losses, "circle", f"no radius: {text}")
    if corners == 0:
        points.append([lon, lat])
        _note(losses, "circle", f"its centre is shown, for the message holds too many: {text}")
        return
    drawn = outlines.circle(lat, lon, radius_km * 1000.0, corners=corners)
    if drawn["type"] == "Polygon":
        rings.append(drawn["coordinates"][0])
        return
    points.append(drawn["coordinates"])
    if radius_km:
        _note(losses, "circle", f"its centre is shown, for its radius does not fit a map: {text}")


def _note(losses: dict[str, str], name: str, text: str) -> None:
    before = losses.get(name)
    losses[name] = readings.loss(text if before is None else f"{before} | {text}")


def _thinned(pairs: list[str], step: int) -> list[str]:
    # A line that would lose its shape stays as it is.
    return pairs if step == 1 or len(pairs) <= 4 * step else [*pairs[:-1:step], pairs[-1]]
