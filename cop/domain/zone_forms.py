"""Forms and geometries: what a hand drew (a circle, a corridor), and the same as GeoJSON for who reads only that."""

import itertools
import math
from typing import Any

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from cop.domain import geodesic
from cop.domain.area import Zone, ZoneForm

#: a ring of so many vertices lies within 0.06 % of a circle's radius
_CIRCLE_VERTICES = 97
_DIGITS = 7  # of a degree: a centimetre
#: more cells than these are no reference: nobody finds "BZ 412"
MOST_CELLS = 10_000
MOST_POINTS = 2_000
_MOST_VERTICES = 9_000
#: a band along a tangle of more points than this takes seconds, of ten times as many minutes: each leg meets each other
MOST_COURSE_POINTS = 200
#: pairs of vertices
_MOST_COMPARED = 1_000_000
_LEAST_M = 1.0
_LONGEST_CIRCLE_M = 1_000_000.0
_WIDEST_CORRIDOR_M = 100_000.0
#: so far from the middle of its course a plane of equal distances is 0.4 % out across it
_FAR_FROM_MIDDLE_M = 1_000_000.0
_METRES_A_DEGREE = 110_574.0  # of latitude, where it is shortest
#: a form says the same as a geometry if neither leaves the other by more than so much of its size, or so many metres
_FITS_SHARE, _FITS_M = 0.01, 2.0

_Places = NDArray[np.float64]


class BadForm(ValueError):  # noqa: N818  # a word of the field's, as BadMessage is
    """A form that is no shape on the ground, and why, in words for who draws it."""


def geometry_of(form: ZoneForm) -> dict[str, Any]:
    """The GeoJSON geometry (RFC 7946, exterior rings counterclockwise) of a form. Raises BadForm."""
    return _as_geojson(drawn(form))


def drawn(form: ZoneForm) -> BaseGeometry:
    """The form as a polygon or line in degrees (x = longitude), valid and finite. Raises BadForm."""
    places = _distinct(form)
    if form.shape == "circle":
        return _circle(places[0], form.radius_m)
    if form.shape == "corridor":
        return _corridor(places, form.width_m)
    if form.shape == "line":
        if len(places) < 2:
            raise BadForm("A line needs two points.")
        return shapely.LineString(places)
    return _rectangle(form, places) if form.shape == "grid" else _polygon(places)


def refusal_of(form: ZoneForm) -> str:
    """Why a form is no shape on the ground; empty if it is one."""
    try:
        drawn(form)
    except BadForm as bad:
        return str(bad)
    return ""


def form_of(zone: Zone) -> ZoneForm | None:
    """The form by which a zone is changed: its own if the geometry says the same, else the points of the geometry.

    None where the geometry is none that a hand can change (several parts, holes, too many points).
    """
    if zone.form is not None and fits(zone.form, zone.geometry):
        return zone.form
    read = _read(zone.geometry)
    if read is None:
        return None
    if read.geom_type == "LineString":
        return _of_points("line", shapely.get_coordinates(read))
    if read.geom_type == "Polygon" and not len(read.interiors):
        return _of_points("polygon", shapely.get_coordinates(read.exterior)[:-1])
    return None


def fits(form: ZoneForm, geometry: dict[str, Any]) -> bool:
    """Whether a geometry says the same as a form, within 1 % of its size or 2 m."""
    read = _read(geometry)
    if read is None or shapely.get_num_coordinates(read) > _MOST_VERTICES:
        return False
    try:
        own = drawn(form)
    except BadForm:
        return False
    if own.geom_type == read.geom_type and own.equals_exact(
        orient(read, 1.0) if read.geom_type == "Polygon" else read, 1e-6
    ):
        return True
    if int(shapely.get_num_coordinates(read)) * int(shapely.get_num_coordinates(own)) > _MOST_COMPARED:
        return False  # so many vertices were drawn by no hand, and to compare them would keep a desk waiting
    if (own.geom_type == "LineString") != (read.geom_type == "LineString"):
        return False
    west, south, east, north = own.bounds
    allowed = max(_FITS_M / _METRES_A_DEGREE, _FITS_SHARE * math.hypot(east - west, north - south))
    # boundaries, for a ring that says the same about a hole lies on the outer one's area as well
    mine, theirs = (one.boundary if one.area else one for one in (own, read))
    if mine.is_empty or theirs.is_empty:
        return False
    return bool(shapely.hausdorff_distance(mine, theirs) <= allowed)


def moved(form: ZoneForm, lon: float, lat: float) -> ZoneForm:
    """The form, every point moved by so many degrees; those that would leave the globe stay on its edge."""
    points = tuple((_within(x + lon, 180.0), _within(y + lat, 90.0)) for x, y in form.points)
    return msgspec.structs.replace(form, points=points)


def size_of(form: ZoneForm) -> tuple[float, float]:
    """Square metres within a form and metres around it (a line: 0 and its length), on the ellipsoid. Raises BadForm."""
    shape_drawn = drawn(form)
    if shape_drawn.geom_type == "LineString":
        return 0.0, sum(geodesic.legs_m([(lat, lon) for lon, lat in form.points]))
    ring = [(lat, lon) for lon, lat in shapely.get_coordinates(shape_drawn.exterior)[:-1].tolist()]
    area, around = geodesic.area_and_perimeter(ring)
    for hole in shape_drawn.interiors:
        area -= geodesic.area_and_perimeter([(lat, lon) for lon, lat in shapely.get_coordinates(hole)[:-1].tolist()])[0]
    return max(0.0, area), around


def _distinct(form: ZoneForm) -> _Places:
    """The form's points, shape (n, 2) as (longitude, latitude), none twice in a row. Raises BadForm."""
    if not form.points or len(form.points) > MOST_POINTS:
        raise BadForm(f"A zone has 1 to {MOST_POINTS:,} points.")
    places = np.array(form.points, dtype=np.float64).reshape(-1, 2)
    if not (np.isfinite(places).all() and (np.abs(places) <= (180.0, 90.0)).all()):
        raise BadForm("A point is no place on the globe.")
    if np.ptp(places[:, 0]) > 180.0:
        raise BadForm("A zone across the 180° meridian must be drawn in two parts.")
    places = np.round(places, _DIGITS) + 0.0  # no -0.0
    keep = np.ones(len(places), dtype=np.bool_)
    at_pole = np.abs(places[1:, 1]) == 90.0  # where all longitudes are one place
    keep[1:] = (places[1:, 1] != places[:-1, 1]) | ((places[1:, 0] != places[:-1, 0]) & ~at_pole)
    places = places[keep]
    if form.shape == "polygon" and len(places) > 1 and (places[0] == places[-1]).all():
        places = places[:-1]
    return places


def _circle(middle: _Places, radius_m: float | None) -> BaseGeometry:
    radius_m = _metres(radius_m, "A circle", "radius", _LONGEST_CIRCLE_M)
    lon, lat = middle.tolist()
    if abs(lat) + radius_m / _METRES_A_DEGREE >= 89.9:
        raise BadForm("A circle over a pole cannot be drawn.")
    ring = geodesic.circle((lat, lon), radius_m, _CIRCLE_VERTICES)[:, ::-1]
    if (np.abs(ring[:, 0] - lon) > 180.0).any():
        raise BadForm("A zone across the 180° meridian must be drawn in two parts.")
    ring[-1] = ring[0]
    return _valid(Polygon(np.round(ring, _DIGITS)))


def _corridor(places: _Places, width_m: float | None) -> BaseGeometry:
    from pyproj import Proj  # noqa: PLC0415  # 0.1 s that no start of the desk has to wait for

    width_m = _metres(width_m, "A corridor", "width", _WIDEST_CORRIDOR_M)
    if len(places) < 2:
        raise BadForm("A corridor needs two points.")
    if len(places) > MOST_COURSE_POINTS:
        raise BadForm(f"A corridor has at most {MOST_COURSE_POINTS} points.")
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    plane = Proj(proj="aeqd", lon_0=float(middle[0]), lat_0=float(middle[1]), ellps="WGS84")
    x, y = plane(places[:, 0], places[:, 1])
    if not np.isfinite([x, y]).all() or float(np.hypot(x, y).max()) > _FAR_FROM_MIDDLE_M:
        raise BadForm("A corridor is at most 2,000 km long.")
    band = shapely.buffer(
        shapely.LineString(np.column_stack((x, y))), width_m / 2, quad_segs=8, cap_style="flat", join_style="round"
    )
    band = shapely.simplify(band, width_m / 500)
    if band.geom_type != "Polygon" or band.is_empty:
        raise BadForm("A corridor of this width has no shape here: it turns back on itself too sharply.")

    def to_degrees(vertices: _Places) -> _Places:
        lon, lat = plane(vertices[:, 0], vertices[:, 1], inverse=True)
        return np.round(np.column_stack((lon, lat)), _DIGITS) + 0.0

    ground = shapely.transform(band, to_degrees)
    if np.ptp(shapely.get_coordinates(ground)[:, 0]) > 180.0:
        raise BadForm("A zone across the 180° meridian must be drawn in two parts.")
    return _valid(ground)


def _polygon(places: _Places) -> BaseGeometry:
    if len(np.unique(places, axis=0)) < 3:
        raise BadForm("An area needs three points.")
    if not shapely.LinearRing(places).is_simple:
        raise BadForm("The outline crosses itself.")
    return _valid(Polygon(places))


def _rectangle(form: ZoneForm, places: _Places) -> BaseGeometry:
    if len(form.points) != 2:
        raise BadForm("A lettered grid needs two opposite corners.")
    if not form.columns or not form.rows or form.columns < 1 or form.rows < 1 or form.columns > 702 or form.rows > 999:
        raise BadForm("A lettered grid needs 1 to 702 columns and 1 to 999 rows.")
    if form.columns * form.rows > MOST_CELLS:
        raise BadForm(f"A lettered grid has at most {MOST_CELLS:,} cells.")
    (west, south), (east, north) = places.min(axis=0).tolist(), places.max(axis=0).tolist()
    if not (west < east and south < north):
        raise BadForm("A lettered grid needs two opposite corners.")
    return shapely.box(west, south, east, north)


def _metres(said: float | None, what: str, measure: str, most: float) -> float:
    if said is None or not math.isfinite(said) or not _LEAST_M <= said <= most:
        raise BadForm(f"{what} needs a {measure} between 1 m and {most / 1000:,.0f} km.")
    return said


def _valid(polygon: BaseGeometry) -> BaseGeometry:
    if not polygon.is_valid or not polygon.area or shapely.get_num_coordinates(polygon) > _MOST_VERTICES:
        raise BadForm("This is no area that can be drawn: it is too narrow, or its outline touches itself.")
    return polygon


def _as_geojson(geometry: BaseGeometry) -> dict[str, Any]:
    said = mapping(orient(geometry, 1.0) if geometry.geom_type == "Polygon" else geometry)
    coordinates = said["coordinates"]
    if said["type"] == "LineString":
        return {"type": "LineString", "coordinates": [list(point) for point in coordinates]}
    return {"type": said["type"], "coordinates": [[list(point) for point in ring] for ring in coordinates]}


def _read(geometry: dict[str, Any]) -> BaseGeometry | None:
    """A single line or polygon; None for anything else, also for what is no geometry at all."""
    try:
        with np.errstate(invalid="ignore"):
            read = shapely.force_2d(shape(geometry)) if geometry else None
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
        return None
    if read is None or read.geom_type not in {"LineString", "Polygon"} or read.is_empty:
        return None
    return read if np.isfinite(shapely.get_coordinates(read)).all() else None


def _of_points(form: Any, places: _Places) -> ZoneForm | None:
    points = [place for place, _ in itertools.groupby((x, y) for x, y in places.tolist())]
    return ZoneForm(shape=form, points=tuple(points)) if 2 <= len(points) <= MOST_POINTS else None


def _within(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))
