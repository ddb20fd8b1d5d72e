"""Which tables a picture has, and under which key what a report is about stands in them."""

from cop.domain.details import IncidentDetails, details_id
from cop.domain.report import Report
from cop.domain.request import Fill
from cop.domain.task import Answer
from cop.picture.change import Key

#: report kind -> name of the table and of the set in `Change`
TABLES = {
    "unit": "units",
    "incident": "incidents",
    "resource": "resources",
    "task": "tasks",
    "answer": "answers",
    "zone": "zones",
    "link": "links",
    "alert": "alerts",
    "presence": "presence",
    "consent": "consents",
    "command": "commands",
    "request": "requests",
    "fill": "fills",
    "details": "details",
}

#: what is said to an object of another agency, keyed by (speaker, other agency + "/" + object); -> that object's table
SAID_TO = {"answer": "tasks", "fill": "requests"}

#: what is said of the real world: a drill's, a test's or a draft's word on the same object does not replace it
OF_THE_WORLD = frozenset({"alert", "resource", "consent", "task", "answer", "command", "request", "fill"})


def key_of(report: Report) -> Key:
    """Under which key what a report is about stands."""
    if isinstance(report.body, Answer | Fill):
        return (report.agency, f"{report.body.requester}/{report.body.id}")
    if isinstance(report.body, IncidentDetails):
        return (report.agency, details_id(report.body.to, report.body.id))
    return report.key
