"""What all forms have in common: blocks that name incident and period, times as ICS writes them, who prepared it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from cop.briefing.forms.form import Box, Column, Form, Part, Row, Signature
from cop.briefing.forms.situation import Situation
from cop.domain.incident import Incident
from cop.domain.place_words import degrees, usng
from cop.domain.words import ROLES, UNIT_KINDS, label
from cop.picture.change import Key
from cop.picture.names import agency_name, called, incident_title, one_line

#: how many empty lines an empty list gets, to be filled in by hand
BLANK = 4


def full(ground: Situation, at: datetime | None) -> str:
    """ "11/22/2026 16:31 EST (UTC−05:00)"; empty for none."""
    if at is None:
        return ""
    local = at.astimezone(ground.zone)
    return f"{local:%m/%d/%Y %H:%M} {offset(local)}"


def short(ground: Situation, at: datetime | None) -> str:
    """ "11/22 16:31"; with the zone where the clocks are set in the period, with the year where it is another."""
    if at is None:
        return ""
    local = at.astimezone(ground.zone)
    begins, ends = (one.astimezone(ground.zone) for one in (ground.period.begins, ground.period.ends))
    words = f"{local:%m/%d %H:%M}" if local.year == begins.year else f"{local:%m/%d/%Y %H:%M}"
    set_ahead_or_back = len({one.utcoffset() for one in (local, begins, ends)}) > 1
    return f"{words} {zone_name(local)}" if set_ahead_or_back else words


def offset(local: datetime) -> str:
    """ "EST (UTC−05:00)" of a local time."""
    name, utc = local.tzname() or "", _utc(local)
    return utc if name in {"", utc, "UTC"} or not name.isalpha() else f"{name} ({utc})"


def zone_name(local: datetime) -> str:
    """ "EST", where the zone has a name; else "UTC−03:00"."""
    name = local.tzname() or ""
    return name if name.isalpha() else _utc(local)


def _utc(local: datetime) -> str:
    minutes = round((local.utcoffset() or timedelta()).total_seconds() / 60)
    if not minutes:
        return "UTC"
    return f"UTC{'−' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def incident_of(ground: Situation, about: Key | None) -> Incident | None:
    """What the leading report of an incident says; None where there is none."""
    report = ground.report(about) if about is not None else None
    return report.body if report is not None and isinstance(report.body, Incident) else None


def incident_name(ground: Situation, about: Key | None) -> str:
    """The name of one incident, or of the operation."""
    report = ground.report(about) if about is not None else None
    return incident_title(report) if report is not None else one_line(ground.occasion.operation)


def incident_number(ground: Situation, about: Key | None) -> str:
    """The numbers that agencies give an incident; of the whole operation there is none."""
    if about is None or about not in ground.picture.incidents:
        return ""
    keys = ground.picture.same.of(about)
    return ", ".join(f"{one_line(number)} ({agency_name(ground.picture, agency)})" for agency, number in keys)


def name_box(ground: Situation, about: Key | None = None, number: str = "1", *, share: float = 1.0) -> Box:
    """Block 1 of nearly all forms."""
    return Box(number=number, label="Incident Name", text=incident_name(ground, about), share=share)


def number_box(ground: Situation, about: Key | None = None, number: str = "2", *, share: float = 1.0) -> Box:
    """Block 2 of those that ask for the number."""
    return Box(number=number, label="Incident Number", text=incident_number(ground, about), share=share)


def period_box(ground: Situation, number: str = "2", *, share: float = 1.0) -> Box:
    """The operational period: its number, from when to when."""
    return Box(number=number, label="Operational Period", text=period_words(ground), share=share, lines=2)


def period_words(ground: Situation) -> str:
    """Two lines: which period it is, and its bounds."""
    period = ground.period
    # what the desk calls its period is the one that it is in: of a record that is looked up, nobody knows which
    is_now = not ground.occasion.past and period.begins <= ground.at <= period.ends
    named = one_line(ground.occasion.period_words) if is_now else ""
    lines = [named or f"Period {period.number}"]
    begins, ends = (one.astimezone(ground.zone) for one in (period.begins, period.ends))
    if begins.utcoffset() == ends.utcoffset():
        lines.append(f"From {begins:%m/%d/%Y %H:%M} to {ends:%m/%d/%Y %H:%M} {offset(ends)}")
    else:
        lines.append(f"From {full(ground, period.begins)} to {full(ground, period.ends)}")
    return "\n".join(lines)


def agency(ground: Situation, key: str) -> str:
    """What an agency is called; empty for none."""
    return agency_name(ground.picture, key) if key else ""


def agencies(ground: Situation, keys: Iterable[str]) -> str:
    """What agencies are called, in a line."""
    return ", ".join(agency(ground, key) for key in dict.fromkeys(keys))


def unit_name(ground: Situation, unit: Key) -> str:
    """A unit's callsign."""
    body = ground.unit(unit)
    if body is not None:
        return called(body.callsign, unit[1])
    row = ground.picture.tracks.row_of(*unit)
    return called(ground.picture.tracks.callsigns[row] if row is not None else "", unit[1])


def unit_kind(ground: Situation, unit: Key, otherwise: str = "") -> str:
    """What a unit is, in words: as its agency says, else as it was asked for."""
    body = ground.unit(unit)
    kind = body.kind if body is not None else ""
    kind = kind if kind not in {"", "unknown"} else otherwise
    return one_line(label(UNIT_KINDS, kind)) if kind and kind != "unknown" else ""


def place(lat: float | None, lon: float | None) -> str:
    """A place in the US National Grid, and in degrees; empty where it is not known."""
    if lat is None or lon is None:
        return ""
    grid = usng(lat, lon)
    return f"{grid} · {degrees(lat, lon)}" if grid else degrees(lat, lon)


def lines(text: str) -> str:
    """Text of a feed that may have several lines: each of them without characters that steer a screen."""
    return "\n".join(filter(None, (one_line(line) for line in text.splitlines())))


def where(incident: Incident) -> str:
    """Where an incident is: its address, and the place."""
    return " · ".join(filter(None, (one_line(incident.address), place(incident.lat, incident.lon))))


def row(*boxes: Box) -> Row:
    """Boxes side by side."""
    return Row(boxes=boxes)


def wide(number: str, heading: str, text: str = "", *, least: int = 2) -> Row:
    """One box over the whole width, as high as its text, `least` lines at least."""
    return Row(boxes=(Box(number=number, label=heading, text=text, lines=max(least, text.count("\n") + 1)),))


def columns(*named: tuple[str, float]) -> tuple[Column, ...]:
    """Columns by heading and share."""
    return tuple(Column(heading=heading, share=share) for heading, share in named)


def prepared(ground: Situation, number: str, called_by: str = "Prepared by") -> Signature:
    """Who prepared it: whoever sits at the desk, until somebody writes another name."""
    operator = ground.occasion.operator
    position = " · ".join(
        filter(None, (label(ROLES, operator.role) if operator.role else "", agency(ground, operator.agency)))
    )
    return Signature(
        label=f"{number}. {called_by}",
        name=one_line(operator.name),
        position=one_line(position),
        at=full(ground, ground.occasion.made_at),
    )


def form(
    ground: Situation,
    name: str,
    title: str,
    parts: Iterable[Part],
    signatures: Iterable[Signature],
    *,
    landscape: bool = False,
) -> Form:
    """The whole of it, with what stands on every page."""
    occasion = ground.occasion
    notes = [
        f"EXERCISE: {one_line(occasion.exercise)}" if occasion.exercise else "",
        one_line(occasion.past),
        f"As of {full(ground, occasion.at)}",
        f"For {agency(ground, occasion.reader)}" if occasion.reader else "",
        f"Kept back or shown under: {'; '.join(map(one_line, ground.applied))}" if ground.applied else "",
    ]
    return Form(
        name=name,
        title=title,
        parts=tuple(parts),
        signatures=tuple(signatures),
        marking=one_line(occasion.classification),
        note=". ".join(filter(None, notes)),
        landscape=landscape,
    )
