"""What was written in the log for our agency by name: it is said when it comes, not only kept."""

from datetime import timedelta

from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.picture.change import Change
from cop.ui import wording
from cop.ui.desk import Desk

#: older lines come with a start or a long gap, and are no news
_NEWS = timedelta(minutes=10)
#: so many are said one by one
_SAID = 2


def told_to_us(desk: Desk, change: Change) -> str:
    """A line for each entry of this pulse that names our agency as its reader; empty if there is none."""
    new = desk.picture.log[-change.log :] if change.log else []
    lines = [words for report in new if (words := _words(desk, report))]
    more = [f"and {len(lines) - _SAID} more in the log"] if len(lines) > _SAID else []
    return "\n".join([*lines[:_SAID], *more])


def _words(desk: Desk, report: Report) -> str:
    entry, own = report.body, desk.operator
    if not isinstance(entry, LogEntry) or own.agency not in entry.to or desk.now() - entry.at > _NEWS:
        return ""
    if (report.agency, entry.by) == (own.agency, own.name):  # who wrote it knows
        return ""
    who = ", ".join(filter(None, (wording.agency_name(desk.picture, report.agency), wording.one_line(entry.by))))
    return f"{who}: {wording.shortened(wording.one_line(entry.text), 240)}"
