"""Forms for tests: a situation made from reports, and what is written on a form, block by block."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cop.briefing.forms.form import Form, Row, Table
from cop.briefing.forms.said import Said, said_of
from cop.briefing.forms.situation import Situation, leads_of, situation
from cop.briefing.leaving import leaving
from cop.briefing.occasion import Occasion, Period
from cop.domain.agreement import Agreements
from cop.domain.batch import Batch
from cop.domain.desk import Operator
from cop.domain.report import Report
from cop.picture.picture import Picture
from tests import reports as r

OURS = "charlotte-fire"
CHECK_IN = "Check-In Information (* first heard by this desk: nobody says when it came on a scene)"
EAST = ZoneInfo("America/New_York")
OPERATOR = Operator(agency=OURS, role="commander", name="Reyes", desk="desk-1")


def picture_of(reports: Iterable[Report], agreements: Agreements | None = None) -> Picture:
    """A picture that was told this."""
    picture = Picture(agreements=agreements)
    picture.apply(Batch(epoch=1, reports=list(reports)))
    return picture


def ground_of(
    picture: Picture,
    *,
    at: datetime | None = None,
    begins: datetime | None = None,
    said: Said | None = None,
    reader: str = OURS,
    authority: Any = None,
    zone: ZoneInfo = EAST,
    **fields: Any,
) -> Situation:
    """The situation an hour after noon of `tests.reports`, in the period of twelve hours that began at eleven."""
    at = at or r.at(3600)
    begins = begins or r.at(-3600)
    period = Period(number=2, begins=begins, ends=begins + timedelta(hours=12))
    given: dict[str, Any] = {"operation": "Steel Rail", "at": at, "made_at": at, "operator": OPERATOR, **fields}
    leaves = leaving(picture, at, reader=reader, own=OURS)
    leads, sites = leads_of(leaves.picture, authority.lead, authority.site) if authority is not None else ({}, {})
    said = said or said_of(picture, period.begins, period.ends)
    occasion = Occasion(reader="" if reader == OURS else reader, **given)
    return situation(leaves, occasion, period, said, leads=leads, sites=sites, zone=zone)


def boxes(form: Form) -> dict[str, str]:
    """The text of each box, by its number where it has one, else by its label."""
    return {box.number or box.label: box.text for part in form.parts if isinstance(part, Row) for box in part.boxes}


def table(form: Form, number: str) -> tuple[tuple[str, ...], ...]:
    """The rows of the (last) list of that number, or label."""
    return [part for part in form.parts if isinstance(part, Table) and number in {part.number, part.label}][-1].rows


def texts(form: Form) -> list[str]:
    """All that is written on it."""
    found = [form.title, form.marking, form.note]
    for part in form.parts:
        if isinstance(part, Row):
            found += [word for box in part.boxes for word in (box.label, box.text)]
        elif isinstance(part, Table):
            found += [word for row in part.rows for word in row]
    return found + [word for one in form.signatures for word in (one.label, one.name, one.position, one.at)]
