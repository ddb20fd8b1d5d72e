"""What a unit's label says: its callsign, whole, and beside it what is worth knowing from this near."""

from dataclasses import dataclass
from functools import lru_cache

from cop.domain.words import UNIT_STATUSES
from cop.domain.words import label as word_label
from cop.map.layers.incidents import IncidentLayer, PlacedIncident
from cop.map.lettering import CALLSIGN_PX, INCIDENT_PX, whole, wrapped
from cop.map.measures import Measures
from cop.map.palette import Palette
from cop.picture.names import jump_words
from cop.picture.tracks import Tracks

#: from this scale on (1 : n) every label has its second part
SECOND_PART_SCALE = 60_000.0
_STATUSES = tuple(UNIT_STATUSES)
_WIDEST_CALLSIGN_PX = 168.0
_WIDEST_INCIDENT_PX = 300.0
#: more lines than this hide the map: such a name is shown when its unit is selected, else only that it is long
_MOST_LINES = 4
_DOT = " · "


@dataclass(frozen=True, slots=True)
class Beside:
    """The second part of a label, and its colour as the palette has it."""

    text: str
    ink: str


@lru_cache(maxsize=8192)
def callsign_lines(callsign: str, *, selected: bool) -> tuple[str, ...]:
    """A callsign in lines, nothing of it cut: the beginning of one may be the whole of another's."""
    lines = wrapped(whole(callsign) or "(no name)", _WIDEST_CALLSIGN_PX, pixels=CALLSIGN_PX, bold=False)
    if len(lines) <= _MOST_LINES or selected:
        return lines
    return (f"(name of {len(callsign)} characters)",)


def incident_lines(incidents: IncidentLayer, one: PlacedIncident) -> tuple[str, ...]:
    """An incident's label in lines, nothing of it cut."""
    lines = wrapped(incidents.text(one), _WIDEST_INCIDENT_PX, pixels=INCIDENT_PX, bold=True)
    if len(lines) <= _MOST_LINES or one.key == incidents.selected:
        return lines
    text = incidents.text(one, title=f"(title of {len(one.title)} characters)")
    return wrapped(text, _WIDEST_INCIDENT_PX, pixels=INCIDENT_PX, bold=True)


def second_part(
    tracks: Tracks, row: int, *, stale: bool, moving: bool, near: bool, now: float, measures: Measures, palette: Palette
) -> Beside | None:
    """Status or speed where the map is near enough, and always how old a stale position is.

    `near`: the map is that near, or the unit matters that much. `now` in epoch seconds.
    """
    status = _STATUSES[tracks.status[row]]
    alarm = status == "emergency"
    words = [word_label(UNIT_STATUSES, status)] if alarm or (near and not (moving or stale)) else []
    if stale:
        words.append(f"{age_words(now - float(tracks.reported_at[row]))} old")
    elif moving and near:
        words.append(speed_words(float(tracks.speed_mps[row]), measures))
    if tracks.doubtful[row]:
        jump = tracks.jump(row)
        words.append(f"{jump_words(jump)}?" if jump is not None else "place?")
    if not words:
        return None
    ink = palette.bad if alarm else palette.warn if stale or tracks.doubtful[row] else palette.muted
    return Beside(_DOT.join(words), ink)


def speed_words(speed_mps: float, measures: Measures) -> str:
    """A speed in one unit, "42 mph": a label has no room for two."""
    return Measures("metric" if measures.choice == "metric" else "us").speed(speed_mps)


def age_words(seconds: float) -> str:
    """How old, in few characters: "40 s", "4 min", "1 h 08", "3 d"."""
    if seconds < 60:
        return f"{int(seconds // 10) * 10} s" if seconds >= 10 else "< 10 s"
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02d}" if minutes < 48 * 60 else f"{minutes // 1440} d"
