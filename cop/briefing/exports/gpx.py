"""GPX 1.1: trails as tracks, one segment for each stretch that is known; other places as waypoints."""

from datetime import UTC, datetime
from typing import IO

import gpxpy.gpx as g

from cop.briefing.exports.export import Export, head, title
from cop.briefing.exports.text import legal
from cop.briefing.exports.things import Thing, Way, things, ways

USUAL = ("trail",)
POSSIBLE = ("trail", "unit", "incident", "resource")


def write(export: Export, to: IO[bytes]) -> int:
    """Write one document; how many tracks and waypoints it has."""
    kinds = export.kinds(USUAL, POSSIBLE)
    document = g.GPX()
    document.creator = "COP"
    document.name = legal(title(export))
    document.description = legal("\n".join(f"{name}: {words}" for name, words in head(export).items()))
    document.time = export.at
    document.waypoints = [_waypoint(one) for one in things(export, kinds - {"trail"}) if one.geometry is not None]
    if "trail" in kinds:
        document.tracks = [_track(way) for way in ways(export)]
    to.write(document.to_xml(version="1.1").encode("utf-8"))
    return len(document.waypoints) + len(document.tracks)


def _waypoint(one: Thing) -> g.GPXWaypoint:
    assert one.geometry is not None
    lon, lat = one.geometry["coordinates"][:2]
    at = datetime.fromisoformat(one.fields["reported_at"])
    return g.GPXWaypoint(
        latitude=lat, longitude=lon, time=at, name=legal(one.name), description=legal(one.key), type=one.kind
    )


def _track(way: Way) -> g.GPXTrack:
    track = g.GPXTrack(name=legal(way.callsign), description=legal(f"trail/{way.agency}/{way.unit}"))
    track.type = legal(way.kind)
    trail = way.trail
    for stretch in way.stretches():
        places = zip(trail.lat[stretch].tolist(), trail.lon[stretch].tolist(), trail.at[stretch].tolist(), strict=True)
        points = [g.GPXTrackPoint(lat, lon, time=datetime.fromtimestamp(at, UTC)) for lat, lon, at in places]
        track.segments.append(g.GPXTrackSegment(points))
    return track
