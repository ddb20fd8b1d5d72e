"""Whole chains of EDXL Resource Messaging: what the picture holds of a request from its asking to its end."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from cop.domain.batch import Batch
from cop.domain.report import Report
from cop.domain.resource import Resource
from cop.domain.task import Task
from cop.feeds.message import Message
from cop.picture.picture import Picture

from .payloads import adapter_of

T0 = datetime(2026, 5, 4, 11, 0, tzinfo=UTC)
ASKER, OWNER = "mecklenburg-eoc", "gaston-fire"
THREAD = "meck-req-1"
NAMESPACES = 'xmlns:m="urn:oasis:names:tc:emergency:EDXL:RM:1.0:msg" xmlns="urn:oasis:names:tc:emergency:EDXL:RM:1.0"'


def message(kind: str, number: int, minute: int, items: str, *, thread: str = THREAD, preceding: str = "") -> bytes:
    """One message of the chain, sent so many minutes after its beginning."""
    before = f"<m:PrecedingMessageID>{preceding}</m:PrecedingMessageID>" if preceding else ""
    return (
        f"<m:{kind} {NAMESPACES}><m:MessageID>meck-req-{number}</m:MessageID>"
        f"<m:SentDateTime>{(T0 + timedelta(minutes=minute)).isoformat()}</m:SentDateTime>"
        f"<m:OriginatingMessageID>{thread}</m:OriginatingMessageID>{before}{items}</m:{kind}>"
    ).encode()


def boat(response: str = "", status: str = "", resource: str = "BOAT-3") -> str:
    """One ResourceInformation."""
    said = f"<m:ResponseInformation><ResponseType>{response}</ResponseType></m:ResponseInformation>" if response else ""
    state = (
        f"<m:ResourceStatus><DeploymentStatus><Value>{status}</Value></DeploymentStatus></m:ResourceStatus>"
        if status
        else ""
    )
    return (
        f"<m:ResourceInformation>{said}<m:Resource><m:ResourceID>{resource}</m:ResourceID>"
        f"<m:Name>Boat {resource[-1]}</m:Name>{state}</m:Resource></m:ResourceInformation>"
    )


WANTED = (
    "<m:ResourceInformation><m:Resource><m:TypeInfo><Resource>Rescue boat</Resource></m:TypeInfo></m:Resource>"
    "<m:AssignmentInformation><m:Quantity><QuantityText>1</QuantityText></m:Quantity></m:AssignmentInformation>"
    "</m:ResourceInformation>"
)
ASKED = [
    ("asked", message("RequestResource", 1, 0, WANTED)),
    ("ordered", message("RequisitionResource", 3, 10, boat(), preceding="meck-req-2")),
]
ANSWERED = [
    ("offered", message("ResponseToRequestResource", 2, 5, boat("Provisional"), preceding="meck-req-1")),
    ("promised", message("CommitResource", 4, 15, boat("Accept"), preceding="meck-req-3")),
    ("under way", message("ReportResourceDeploymentStatus", 5, 20, boat(status="En Route"))),
    ("there", message("ReportResourceDeploymentStatus", 6, 45, boat(status="On Scene"))),
    ("back", message("ReportResourceDeploymentStatus", 7, 300, boat(status="Returned"))),
]


def asked(*names: str) -> list[Report]:
    """What comes out of the asker's feed."""
    adapter = adapter_of("edxl-rm", {"assignee": OWNER}, ASKER)
    return [one for name in names for one in adapter.decode(Message("", dict(ASKED)[name], T0 + timedelta(hours=6)))]


def answered(*names: str) -> list[Report]:
    """What comes out of the owner's feed."""
    adapter = adapter_of("edxl-rm", {"requester": ASKER}, OWNER)
    chain = dict(ANSWERED)
    return [one for name in names for one in adapter.decode(Message("", chain[name], T0 + timedelta(hours=6)))]


def picture_of(*reports: Report) -> Picture:
    """The picture that has heard these."""
    picture = Picture()
    for report in reports:
        picture.apply(Batch(reports=[report]))
    return picture


def state_of(picture: Picture) -> str:
    """Where the one task stands."""
    (task,) = picture.tasks.values()
    return picture.task_state(task)


@pytest.mark.parametrize(
    ("heard", "state", "availability"),
    [
        ((), "requested", None),
        (("offered",), "countered", "available"),
        (("offered", "promised"), "accepted", "committed"),
        (("offered", "promised", "under way"), "en_route", "committed"),
        (("offered", "promised", "under way", "there"), "on_scene", "committed"),
        (("offered", "promised", "under way", "there", "back"), "complete", "available"),
    ],
)
def test_that_a_chain_moves_its_one_task_along(heard: tuple[str, ...], state: str, availability: str | None) -> None:
    picture = picture_of(*asked("asked", "ordered"), *answered(*heard))
    assert list(picture.tasks) == [(ASKER, THREAD)]
    assert state_of(picture) == state
    found = [one.body.availability for one in picture.resources.values() if isinstance(one.body, Resource)]
    assert found == ([availability] if availability else [])


def test_that_an_order_takes_the_place_of_its_request() -> None:
    (task,) = picture_of(*asked("asked", "ordered")).tasks.values()
    assert isinstance(task.body, Task)
    assert (task.body.unit, task.body.assignee_agency) == ("BOAT-3", OWNER)


@pytest.mark.parametrize("order", list(permutations(name for name, _ in ANSWERED))[::7])
def test_that_late_and_repeated_messages_end_in_the_same_picture(order: tuple[str, ...]) -> None:
    picture = picture_of(*answered(*order, *order), *asked("ordered", "asked", "ordered"))
    assert state_of(picture) == "complete"
    (resource,) = picture.resources.values()
    assert isinstance(resource.body, Resource)
    assert (resource.body.availability, resource.body.at) == ("available", T0 + timedelta(minutes=300))


def test_that_an_answer_to_another_asker_does_not_move_the_task() -> None:
    strangers = adapter_of("edxl-rm", {"requester": "york-county"}, OWNER)
    reports = strangers.decode(Message("", dict(ANSWERED)["promised"], T0 + timedelta(hours=6)))
    assert state_of(picture_of(*asked("asked"), *reports)) == "requested"


def test_that_a_promise_taken_back_leaves_the_task_asked() -> None:
    recalled = "<m:RecalledMessageID>meck-req-4</m:RecalledMessageID><m:RecallType>Cancel</m:RecallType>"
    recall = f"<m:MessageRecall>{recalled}</m:MessageRecall>"
    adapter = adapter_of("edxl-rm", {"requester": ASKER}, OWNER)
    reports = adapter.decode(Message("", message("CommitResource", 8, 30, recall), T0 + timedelta(hours=6)))
    assert state_of(picture_of(*asked("asked"), *answered("promised"), *reports)) == "requested"


def test_that_a_release_frees_the_resource_and_not_the_task() -> None:
    adapter = adapter_of("edxl-rm", {"assignee": OWNER}, OWNER)
    release = message("ReleaseResource", 9, 200, boat(), preceding="meck-req-4")
    reports = adapter.decode(Message("", release, T0 + timedelta(hours=6)))
    picture = picture_of(*asked("asked"), *answered("promised", "there"), *reports)
    assert state_of(picture) == "on_scene"
    assert [one.body.availability for one in picture.resources.values() if isinstance(one.body, Resource)] == [
        "available"
    ]


def test_that_being_asked_for_its_return_leaves_the_first_task() -> None:
    adapter = adapter_of("edxl-rm", {"assignee": ASKER}, OWNER)
    asked_back = message("RequestReturn", 10, 100, boat(), preceding="meck-req-4")
    reports = adapter.decode(Message("", asked_back, T0 + timedelta(hours=6)))
    answer = message("ResponseToRequestReturn", 11, 110, boat("Accept"), preceding="meck-req-10")
    reports += adapter_of("edxl-rm", {"requester": OWNER}, ASKER).decode(Message("", answer, T0 + timedelta(hours=6)))
    picture = picture_of(*asked("asked"), *answered("promised"), *reports)
    states = {key: picture.task_state(task) for key, task in picture.tasks.items()}
    assert states == {(ASKER, THREAD): "accepted", (OWNER, "meck-req-10"): "accepted"}


@pytest.mark.parametrize(
    ("kind", "status", "availability", "shown"),
    [
        ("OfferUnsolicitedResource", "", "", "available"),
        ("OfferUnsolicitedResource", "", "Until the crew sleeps", "Until the crew sleeps"),
        ("OfferUnsolicitedResource", "Under repair", "", "Under repair"),
        ("OfferUnsolicitedResource", "In Use", "Available", "committed"),
        ("OfferUnsolicitedResource", "Available", "Limited", "Limited"),
        ("ReleaseResource", "Maintenance", "Available", "out_of_service"),
        ("CommitResource", "Limited", "", "committed"),
    ],
)
def test_that_no_resource_is_free_of_which_its_owner_says_something_else(
    kind: str, status: str, availability: str, shown: str
) -> None:
    state = f"<DeploymentStatus><Value>{status}</Value></DeploymentStatus>" if status else ""
    state += f"<Availability>{availability}</Availability>" if availability else ""
    response = "<m:ResponseInformation><ResponseType>Accept</ResponseType></m:ResponseInformation>"
    item = (
        f"<m:ResourceInformation>{response}<m:Resource><m:ResourceID>B-3</m:ResourceID>"
        f"<m:ResourceStatus>{state}</m:ResourceStatus></m:Resource></m:ResourceInformation>"
    )
    reports = adapter_of("edxl-rm", agency=OWNER).decode(Message("", message(kind, 1, 0, item), T0))
    (resource,) = (one.body for one in reports if isinstance(one.body, Resource))
    assert (resource.availability, resource.available) == (shown, int(shown == "available"))
