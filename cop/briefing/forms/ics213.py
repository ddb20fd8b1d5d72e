"""ICS 213, General Message."""

from cop.briefing.forms.blocks import agencies, agency, form, incident_name, name_box, offset, row, short, wide
from cop.briefing.forms.blocks import lines as text_lines
from cop.briefing.forms.form import Box, Form, Part, Signature
from cop.briefing.forms.situation import About, Situation
from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.domain.words import ROLES, label
from cop.picture.change import Key
from cop.picture.names import one_line


def fill(ground: Situation, about: About | None = None) -> list[Form]:
    """One message of the log; a blank one without it. Raises ValueError for a message that is not there."""
    report = _message(ground, about) if about is not None else None
    body = report.body if report is not None else None
    entry = body if isinstance(body, LogEntry) else None
    incident = (entry.incident_agency, entry.incident) if entry is not None and entry.incident else None
    known = incident is not None and ground.report(incident) is not None
    local = report.reported_at.astimezone(ground.zone) if report is not None else None
    parts: list[Part] = [
        row(name_box(ground, incident if known else None)),
        row(Box(number="2", label="To (Name and Position)", text=_to(ground, entry))),
        row(Box(number="3", label="From (Name and Position)", text=_from(ground, report, entry))),
        row(
            Box(number="4", label="Subject", text=incident_name(ground, incident) if known else "", share=0.5),
            Box(number="5", label="Date", text=f"{local:%m/%d/%Y}" if local is not None else "", share=0.2),
            Box(
                number="6", label="Time", text=f"{local:%H:%M} {offset(local)}" if local is not None else "", share=0.3
            ),
        ),
        wide("7", "Message", text_lines(entry.text) if entry is not None else "", least=10),
        wide("9", "Reply", least=8),
    ]
    signatures = [Signature(label="8. Approved by"), Signature(label="10. Replied by")]
    return [form(ground, "213", "General Message", parts, signatures)]


def messages(ground: Situation) -> list[tuple[Key, str]]:
    """The messages that there are, the newest first, each in a line."""
    found = sorted(_every(ground).items(), key=lambda one: (one[1].reported_at, one[0]), reverse=True)
    return [(key, f"{short(ground, one.reported_at)} {agency(ground, one.agency)}: {_text(one)}") for key, one in found]


def _every(ground: Situation) -> dict[Key, Report]:
    return {one.key: one for one in [*ground.picture.log, *ground.said.of(LogEntry)]}


def _text(report: Report) -> str:
    text = one_line(report.body.text[:200]) if isinstance(report.body, LogEntry) else ""
    return text if len(text) <= 80 else f"{text[:79]}…"


def _message(ground: Situation, about: About) -> Report:
    found = _every(ground).get(about.key)
    if found is None:
        raise ValueError(f"there is no message {about.id!r} of {about.agency}")
    return found


def _to(ground: Situation, entry: LogEntry | None) -> str:
    if entry is None:
        return ""
    return agencies(ground, entry.to) if entry.to else "All agencies"


def _from(ground: Situation, report: Report | None, entry: LogEntry | None) -> str:
    if report is None or entry is None:
        return ""
    role = label(ROLES, entry.role) if entry.role else ""
    return ", ".join(filter(None, (one_line(entry.by), one_line(role), agency(ground, report.agency))))
