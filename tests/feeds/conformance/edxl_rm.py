"""EDXL Resource Messaging, read here once more by a plain reader."""

from datetime import UTC, datetime
from typing import Any

from lxml import etree

from cop.domain.report import Report
from cop.domain.resource import Resource
from cop.domain.task import Answer, Task

from . import Marks, Row, bodies, decode, only

_STATES = {"Accept": "accepted", "Decline": "declined", "Provisional": "countered"}


def check(row: Row, marks: Marks) -> None:
    """A request is a task, a commitment an answer and its resources."""
    with marks.message(row.file):
        element = next(
            one
            for one in etree.fromstring(row.bytes).iter()
            if isinstance(one.tag, str) and one.tag.endswith(f"}}{row.said('MessageContentType')}")
        )
        check_message(row, element, decode("edxl-rm", row))


def check_message(row: Row, element: Any, reports: list[Report]) -> None:
    """What came out of one message."""
    sent = texts(element, "SentDateTime")[0]
    at = datetime.fromisoformat(row.said("SentDateTime") or sent)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    assert {report.body.at for report in reports} == {at}
    assert {report.body.id for report in reports if isinstance(report.body, Task | Answer)} == {
        row.said("OriginatingMessageID")
    }
    assert {report.source.original_id for report in reports} == {row.said("MessageID")}
    assert {report.source.original_type for report in reports} == {row.said("MessageContentType")}
    assert not any(report.exercise for report in reports)
    if row.said("MessageContentType") == "RequestResource":
        check_request(row, element, reports)
    else:
        check_commitment(row, element, reports)


def check_request(row: Row, element: Any, reports: list[Report]) -> None:
    """How many of what, where to, for which incident; nobody is asked by name."""
    task = only(reports, Task)
    assert task.objective.startswith(f"{texts(element, 'QuantityText')[0]} × {texts(element, 'Resource')[-1]}")
    assert texts(element, "Value")[0] in task.objective
    assert task.incident == (row.said("IncidentID") or "")
    assert (task.assignee_agency, task.unit) == ("", "")
    for place in (*texts(element, "LocationDescription"), *texts(element, "pos"), *texts(element, "ScheduleType")):
        assert place in task.note
    assert len(reports) == 1


def check_commitment(row: Row, element: Any, reports: list[Report]) -> None:
    """Yes or no, and word of every resource that comes."""
    answer = only(reports, Answer)
    assert {answer.state} == {_STATES[said] for said in texts(element, "ResponseType")}
    for name in texts(element, "Name"):
        assert name in answer.reason
    for pos in texts(element.find("{*}ContactInformation"), "pos"):
        assert pos in answer.reason
    assert reports[0].losses.get("IncidentID") == row.said("IncidentID")
    resources = bodies(reports, Resource)
    if answer.state == "declined":
        assert resources == []
        return
    assert [one.id for one in resources] == texts(element, "ResourceID")
    assert [one.name for one in resources] == texts(element, "Name")
    assert {one.availability for one in resources} == {"committed"}
    for one, said in zip(resources, element.findall("{*}ResourceInformation"), strict=True):
        assert one.nims_type == texts(said, "Value")[0]
        # Where it is committed to is not where it is: the place is words, and the resource is not located.
        assert (one.lat, one.lon) == (None, None)
        for words in (*texts(said, "LocationDescription"), *texts(said, "pos")):
            assert words in one.conditions


def texts(element: Any, name: str) -> list[str]:
    """The texts of every element of that name below, of any namespace or none."""
    return [(one.text or "").strip() for one in element.iter(f"{{*}}{name}") if not len(one)]


CHECKS = {"edxl-rm": check}
