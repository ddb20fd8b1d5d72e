"""A picture like that of an exercise, the same each time, for the tests and benchmarks of the map."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from cop.domain.agency import Agency
from cop.domain.area import Alert, Zone
from cop.domain.batch import POSITION_ROW, Batch, TrackName
from cop.domain.incident import Incident
from cop.domain.report import Body, Report, Source
from cop.domain.task import Answer, Task
from cop.domain.unit import Unit
from cop.picture.change import Change
from cop.picture.ground import Ground, load_jurisdictions
from cop.picture.picture import Picture

NOON = datetime(2026, 6, 1, 18, 36, 8, tzinfo=UTC)
REGION = Path(__file__).parents[2] / "resources" / "region"

AGENCIES = {
    # agency: name, disciplines, colour, kinds of its units, callsign
    "charlotte-pd": ("Charlotte PD", ("law",), "#4aa3ff", ("patrol", "patrol", "k9", "helicopter"), "Adam"),
    "charlotte-fire": ("Charlotte Fire", ("fire",), "#ef5350", ("engine", "ladder", "hazmat", "chief"), "Eng"),
    "mecklenburg-ems": ("Mecklenburg EMS", ("ems",), "#f4f4f4", ("ambulance",), "Medic"),
    "gastonia-pd": ("Gastonia PD", ("law",), "#34d399", ("patrol",), "G"),
    "huntersville-pd": ("Huntersville PD", ("law",), "#34d399", ("patrol",), "H"),
    "matthews-pd": ("Matthews PD", ("law",), "#34d399", ("patrol",), "M"),
    "concord-pd": ("Concord PD", ("law",), "#34d399", ("patrol",), "C"),
    "rock-hill-pd": ("Rock Hill PD", ("law",), "#34d399", ("patrol",), "R"),
    "nc-highway-patrol": ("NC Highway Patrol", ("law",), "#f0b429", ("patrol",), "C-4"),
    "sc-highway-patrol": ("SC Highway Patrol", ("law",), "#f0b429", ("patrol",), "S-2"),
    "airport-police": ("Airport Police", ("law",), "#c084fc", ("patrol", "arff"), "AP"),
    "campus-police": ("Campus Police", ("law",), "#c084fc", ("patrol",), "U"),
    "transit-police": ("Transit", ("transport",), "#22d3ee", ("bus", "tram"), "Bus"),
    "lake-norman-marine": ("Lake Norman Marine", ("law",), "#2dd4bf", ("boat",), "Marine"),
    "grid-power": ("Grid Power", ("utility",), "#f0b429", ("utility",), "Line"),
}
_STATUSES = ("available",) * 5 + ("assigned", "en_route", "en_route", "on_scene", "on_scene", "returning", "busy")


def report(agency: str, body: Body, received_at: datetime = NOON) -> Report:
    """A report as a feed would deliver it."""
    return Report(agency=agency, body=body, source=Source(feed="test", format="cop-json"), received_at=received_at)


def ground() -> Ground:
    """All jurisdictions of the region."""
    files = ("counties", "special_jurisdictions")
    return Ground(one for name in files for one in load_jurisdictions(REGION / f"{name}.geojson"))


def positions(
    picture: Picture,
    units: list[tuple[str, str]],
    lat: np.ndarray,
    lon: np.ndarray,
    *,
    course: np.ndarray | float = np.nan,
    speed: np.ndarray | float = 0.0,
    at: datetime = NOON,
    stale_after_s: np.ndarray | float = 60.0,
) -> Batch:
    """A batch that moves the units to these places."""
    known = [picture.tracks.row(*unit) for unit in units]
    rows = np.zeros(len(units), dtype=POSITION_ROW)
    rows["slot"] = known
    rows["lat"], rows["lon"] = lat, lon
    rows["alt_m"], rows["accuracy_m"] = np.nan, 5.0
    rows["course_deg"], rows["speed_mps"] = course, speed
    rows["reported_at"] = rows["received_at"] = at.timestamp()
    rows["stale_at"] = at.timestamp() + stale_after_s
    tracks = [
        TrackName(slot, *unit, "test", "cop-json")  # a feed names each unit but once
        for slot, unit in zip(known, units, strict=True)
        if picture.tracks.names[slot] is None
    ]
    return Batch(tracks=tracks, positions=rows.tobytes())


def merged(first: Change, second: Change) -> Change:
    """What two applied batches changed together."""
    for name in ("units", "incidents", "tasks", "zones", "agencies"):
        getattr(first, name).update(getattr(second, name))
    first.moved = np.union1d(first.moved, second.moved)
    return first


def busy_day(picture: Picture, units: int = 200, seed: int = 7) -> Change:
    """Fifteen agencies, their units along the roads, six incidents, a hot zone, a task."""
    random = np.random.default_rng(seed)
    roads = [
        shape(one["geometry"]) for one in json.loads((REGION / "roads.geojson").read_text(encoding="utf-8"))["features"]
    ]
    names = list(AGENCIES)
    reports = [
        report(agency, Agency(id="profile", at=NOON, name=name, disciplines=disciplines, colour=colour))
        for agency, (name, disciplines, colour, _, _) in AGENCIES.items()
    ]
    keys, lat, lon = [], [], []
    for index in range(units):
        agency = names[index % len(names)]
        _, _, _, kinds, call = AGENCIES[agency]
        unit = f"u{index}"
        status = "emergency" if index == 17 else str(random.choice(_STATUSES))
        kind = kinds[index // len(names) % len(kinds)]
        body = Unit(id=unit, at=NOON, callsign=f"{call} {10 + index}", kind=kind, status=status)
        reports.append(report(agency, body))
        keys.append((agency, unit))
        place = _on_a_road(random, roads)
        lat.append(place[0])
        lon.append(place[1])
    reports += _happenings()
    change = picture.apply(Batch(reports=reports))
    moving = random.random(units) < 0.6
    batch = positions(
        picture,
        keys,
        np.array(lat),
        np.array(lon),
        course=random.uniform(0, 360, units),
        speed=np.where(moving, 14.0, 0.0),
        stale_after_s=np.where(random.random(units) < 0.1, -5.0, 60.0),
    )
    return merged(change, picture.apply(batch))


def _on_a_road(random: np.random.Generator, roads: list[BaseGeometry]) -> tuple[float, float]:
    """Latitude and longitude of a place near a road around Charlotte."""
    while True:
        place = roads[int(random.integers(len(roads)))].interpolate(random.uniform(0, 1), normalized=True)
        lat, lon = place.y + random.normal(0, 0.04), place.x + random.normal(0, 0.05)
        if 34.9 < lat < 35.6 and -81.45 < lon < -80.4:
            return lat, lon


def _happenings() -> list[Report]:
    happened = (
        ("charlotte-fire", "i1", "hazmat", 1, "Hazmat rail", 35.2425, -80.953, 14),
        ("mecklenburg-ems", "i2", "mass_casualty", 2, "MCI bus crash", 35.18, -80.77, 31),
        ("rock-hill-pd", "i3", "flood", 2, "Flood rescue", 34.965, -81.03, 52),
        ("campus-police", "i4", "disturbance", 3, "Disturbance", 35.307, -80.735, 4),
        ("huntersville-pd", "i5", "outage", 3, "Downed lines", 35.41, -80.86, 22),
        ("nc-highway-patrol", "i6", "traffic", 4, "Traffic control", 35.26, -81.13, 68),
    )
    reports = [
        report(
            agency,
            Incident(
                id=incident,
                at=NOON,
                type=kind,
                priority=priority,
                title=title,
                lat=lat,
                lon=lon,
                opened_at=NOON - timedelta(minutes=minutes),
            ),
        )
        for agency, incident, kind, priority, title, lat, lon, minutes in happened
    ]
    ring = [
        [-80.953 + 0.033 * np.cos(angle), 35.2425 + 0.027 * np.sin(angle)] for angle in np.linspace(0, 2 * np.pi, 49)
    ]
    hot = Zone(
        id="z1", at=NOON, kind="hot_zone", name="Hot zone 3 km", geometry={"type": "Polygon", "coordinates": [ring]}
    )
    staging = [[-80.90, 35.15], [-80.87, 35.15], [-80.87, 35.17], [-80.90, 35.17], [-80.90, 35.15]]
    stage = Zone(
        id="z2", at=NOON, kind="staging", name="Staging B", geometry={"type": "Polygon", "coordinates": [staging]}
    )
    task = Task(
        id="t1",
        at=NOON,
        objective="Evacuate Old Dowd Rd",
        incident_agency="charlotte-fire",
        incident="i1",
        assignee_agency="charlotte-pd",
        unit="u0",
    )
    answer = Answer(id="t1", at=NOON, requester="charlotte-fire", state="accepted")
    return [
        *reports,
        report("charlotte-fire", hot),
        report("charlotte-fire", stage),
        report("charlotte-fire", task),
        report("charlotte-pd", answer),
    ]


def square(lat: float, lon: float, side_deg: float) -> dict[str, object]:
    """A square about a place, as GeoJSON."""
    west, east, south, north = lon - side_deg, lon + side_deg, lat - side_deg, lat + side_deg
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def bad_day(picture: Picture) -> Change:
    """Alerts of every severity, one to come and one that is a test; closed roads, lanes and works; markers."""
    soon, later = NOON + timedelta(hours=2), NOON + timedelta(hours=6)
    alerts = (
        ("tornado", "Tornado Warning", "Extreme", square(35.36, -81.05, 0.06), {}),
        ("thunder", "Severe Thunderstorm Warning", "Severe", square(35.36, -80.85, 0.08), {}),
        ("flood", "Flood Advisory", "Moderate", square(35.33, -80.66, 0.07), {}),
        ("heat", "Heat Advisory", "Minor", square(35.13, -80.68, 0.08), {}),
        ("watch", "Tornado Watch", "Extreme", square(35.12, -81.06, 0.06), {"starts_at": soon}),
        ("test", "Tornado Warning", "Extreme", square(35.12, -80.88, 0.05), {"status": "Test"}),
    )
    reports = [
        report(
            "nws-gsp",
            Alert(id=key, at=NOON, event=event, severity=severity, geometry=geometry, expires_at=later, **more),  # type: ignore[arg-type]
        )
        for key, event, severity, geometry, more in alerts
    ]
    line = {"type": "LineString"}
    zones = (
        ("road_closure", "I-85 closed at exit 33", {**line, "coordinates": [[-80.98, 35.24], [-80.93, 35.25]]}, {}),
        ("lane_closure", "Right lane, Brookshire Fwy", {**line, "coordinates": [[-80.89, 35.25], [-80.83, 35.27]]}, {}),
        ("road_work", "Paving", {**line, "coordinates": [[-80.92, 35.20], [-80.84, 35.21]]}, {}),
        ("road_closure", "Bridge out", {"type": "Point", "coordinates": [-80.80, 35.24]}, {}),
        ("road_closure", "Parade", {**line, "coordinates": [[-80.79, 35.20], [-80.72, 35.21]]}, {"starts_at": soon}),
        ("lane_closure", "Signal repair", {"type": "Point", "coordinates": [-80.75, 35.25]}, {}),
        ("marker", "Landing zone", {"type": "MultiPoint", "coordinates": [[-81.02, 35.23], [-81.05, 35.25]]}, {}),
        ("hot_zone", "Hot zone", square(35.22, -81.08, 0.02), {}),
        ("staging", "Staging B", square(35.17, -80.97, 0.015), {}),
    )
    reports += [
        report("ncdot", Zone(id=f"z{at}", at=NOON, kind=kind, name=name, geometry=geometry, **more))  # type: ignore[arg-type]
        for at, (kind, name, geometry, more) in enumerate(zones)
    ]
    return picture.apply(Batch(reports=reports))
