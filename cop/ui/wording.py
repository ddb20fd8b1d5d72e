"""The words on the screen for times, distances, places and agencies: short, and the field's own."""

import re
from datetime import datetime

from cop.domain.batch import RefusedWord
from cop.domain.desk import Operator
from cop.domain.report import Report
from cop.domain.resource import Resource
from cop.domain.words import ROLES
from cop.map import coordinates
from cop.picture import names
from cop.picture.picture import Picture

NOT_LOCATED = "not located"
#: what things are called is asked for below the screen as well
agency_name = names.agency_name
called = names.called
incident_title = names.incident_title
one_line = names.one_line
unit_callsign = names.unit_callsign
#: kinds of units whose speed people say in knots
_IN_KNOTS = frozenset({"boat", "vessel", "ferry", "aircraft", "helicopter", "air_ambulance"})
#: between the words of a word: before a capital that follows a small letter, or that a small one follows
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def span(seconds: float) -> str:
    """A length of time: "6 s", "14 min", "1 h 08", "3 d"."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    if whole < 48 * 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02d}"
    return f"{whole // 86400} d"


def age(at: datetime, now: datetime) -> str:
    """How long ago: "6 s ago"; a clock ahead of ours is said, not hidden."""
    seconds = (now - at).total_seconds()
    return f"{span(-seconds)} ahead of our clock" if seconds < -5 else f"{span(seconds)} ago"


def waiting(seconds: float) -> str:
    """A wait that runs: "1:42", "1:03:10"."""
    whole = max(0, int(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def clock(at: datetime, *, seconds: bool = False) -> str:
    """Local time of day; in the hour that an autumn night has twice with the zone's name, to be told apart."""
    local = at.astimezone()
    words = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    return f"{words} {local.tzname()}" if _comes_twice(local) else words


def _comes_twice(local: datetime) -> bool:
    shown = local.replace(tzinfo=None)
    return shown.replace(fold=0).astimezone().utcoffset() != shown.replace(fold=1).astimezone().utcoffset()


def clock_or_date(at: datetime, now: datetime) -> str:
    """Local time of day, with the day where it is not today."""
    same = at.astimezone().date() == now.astimezone().date()
    return clock(at) if same else f"{at.astimezone():%d %b} {clock(at)}"


def distance(metres: float) -> str:
    """ "300 m", "1.1 km", "17 km"."""
    if metres < 975:
        return f"{round(metres / 50) * 50} m" if metres >= 50 else "here"
    return f"{metres / 1000:.1f} km" if metres < 9_950 else f"{metres / 1000:.0f} km"


def grid(lat: float, lon: float) -> str:
    """The place in the US National Grid; in degrees where the grid ends."""
    return coordinates.usng(lat, lon) or coordinates.degrees(lat, lon)


def place(lat: float | None, lon: float | None) -> str:
    """The place in the US National Grid, or that there is none."""
    return grid(lat, lon) if lat is not None and lon is not None else NOT_LOCATED


def doubt(picture: Picture, agency: str, lat: float | None, lon: float | None) -> str:
    """Why a place can hardly be true: "Doubtful place: 7,600 km from Charlotte PD's ground"; empty where it may be."""
    found = picture.home.doubt(agency, lat, lon)
    if found is None:
        return ""
    far = round(found.metres / 1000, -2 if found.metres >= 1e6 else -1)
    whose = f"{agency_name(picture, found.agency)}'s ground" if found.agency else "the region"
    return f"Doubtful place: {far:,.0f} km from {whose}"


def unit_doubt(picture: Picture, row: int) -> str:
    """Why the place of a unit (a row of the tracks) can hardly be true; empty where it may be."""
    tracks = picture.tracks
    away = doubt(picture, tracks.keys[row][0], float(tracks.lat[row]), float(tracks.lon[row]))
    jump = tracks.jump(row)
    if jump is None:
        return away
    jumped = f"{names.jump_words(jump)} in {span(max(1.0, jump.seconds))}"
    if away:
        return f"{away}; {jumped}"
    return f"Doubtful place: {jumped}. It is believed when it goes on from there"


def speed(metres_per_second: float, kind: str) -> str:
    """ "34 km/h · 21 mph"; knots instead for what flies or floats."""
    name, factor = ("kn", 3600 / 1852) if kind in _IN_KNOTS else ("mph", 3600 / 1609.344)
    return f"{metres_per_second * 3.6:.0f} km/h · {metres_per_second * factor:.0f} {name}"


def altitude(metres: float) -> str:
    """ "1,501 m · 4,925 ft"."""
    return f"{metres:,.0f} m · {metres / 0.3048:,.0f} ft"


def compass(course_deg: float) -> str:
    """The point of the compass nearest to a course: "NE"."""
    return ("N", "NE", "E", "SE", "S", "SW", "W", "NW")[round(course_deg / 45) % 8]


def operator_words(operator: Operator, picture: Picture) -> str:
    """Who sits here: "Incident commander · Charlotte Fire"."""
    return f"{ROLES.get(operator.role, operator.role)} · {agency_name(picture, operator.agency)}"


def resource_name(resource: Resource, agency: str = "") -> str:
    """A resource's name, else its id; beside the name of its agency that is not said again."""
    name = called(resource.name, resource.id)
    rest = name[len(agency) :].lstrip(" ·-–—:,")
    return rest if agency and rest and name.casefold().startswith(agency.casefold()) else name


def in_words(text: str) -> str:
    """A word of a feed that was written without spaces: "EmergencyDepartment" -> "Emergency department"."""
    if not text.isalnum() or not text[:1].isupper() or not any(c.islower() for c in text):
        return text
    parts = _CAPITAL.sub(" ", text).split(" ")
    return " ".join(part if place == 0 or part.isupper() else part.lower() for place, part in enumerate(parts))


def feed_and_format(feed: str, form: str) -> str:
    """Which feed, and which format it speaks, where its name does not say so: "county cad · json"."""
    feed, form = one_line(feed), one_line(form)
    return feed if feed == form or feed.endswith(f" {form}") else f"{feed} · {form}"


def drill(report: Report, exercise: str) -> str:
    """What must stand before an object that is not live where the work is (`exercise` is the desk's)."""
    return "EXERCISE · " if report.exercise and not exercise else ""


def shortened(text: str, limit: int) -> str:
    """The beginning of a long text, ended by "…"."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def paragraphs(text: str, limit: int = 8000) -> str:
    """A long text of a feed: lines that a teletype broke are joined, empty lines and list items stay apart."""
    kept: list[str] = []
    for raw in text[:limit].splitlines():
        line = one_line(raw)
        if line and kept and kept[-1] and line[0] not in "*-•":
            kept[-1] += f" {line}"
        elif line or (kept and kept[-1]):
            kept.append(line)
    more = f"\n… and {len(text) - limit:,} more characters" if len(text) > limit else ""
    return "\n".join(kept).strip() + more


def breakable(text: str, run: int = 24) -> str:
    """Text whose long words may go on on the next line: no word widens a panel or is cut off."""
    words = ("\u200b".join(word[at : at + run] for at in range(0, len(word), run)) for word in text.split(" "))
    return " ".join(words)


def refused_word(picture: Picture, word: RefusedWord) -> str:
    """A message that was not taken: "A task in Gastonia FD's name (R. Diaz) was not taken: it says …"."""
    by = f" ({one_line(word.by)})" if word.by else ""
    return f"A {word.kind} in {agency_name(picture, word.agency)}'s name{by} was not taken: {one_line(word.reason)}"
