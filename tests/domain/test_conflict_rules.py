"""Each rule that finds a conflict: when it does, when it does not, whose it is and what it proposes."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from cop.domain.agreement import Agreement, AidClause, Term
from cop.domain.command import IncidentCommand
from cop.domain.incident import Incident
from cop.domain.resource import Resource
from cop.domain.rules.command import commanders
from cop.domain.rules.conflict_incidents import Told, compatible, look_like_one, same_incident, two_commands, two_leads
from cop.domain.rules.conflict_order import is_ours, may_act, order
from cop.domain.rules.conflict_places import coverage_void, in_hot_zone, refused_words
from cop.domain.rules.conflict_tasks import ended_at, lapsed, over_clause, over_resource, overdue, two_tasks
from cop.domain.rules.lead import Lead
from cop.domain.rules.open_task import OpenTask
from cop.domain.rules.same import End
from tests import reports as r


class Names:
    """Ids as names."""

    def agency(self, agency: str) -> str:
        return agency

    def unit(self, unit: End) -> str:
        return unit[1]

    def incident(self, incident: End) -> str:
        return incident[1]


NAMES = Names()
UNIT = ("gastonia-fd", "hazmat-4")


def open_task(
    name: str = "t1", state: str = "accepted", asker: str = "charlotte-fire", *, asked_s: float = 0, **fields: Any
) -> OpenTask:
    answered = fields.pop("answered_at", None)
    given = {"incident_agency": "charlotte-fire", "incident": "i1", "asked_at": r.at(asked_s), **fields}
    return OpenTask((asker, name), r.task(name, **given), state, answered_at=answered)


def itself(incident: End) -> End:
    return incident


def term(quantity: int | None = 1, until: date | None = None) -> Term:
    clause = AidClause(number="3.1", says="…", giver="gastonia-fd", takers=("*",), quantity=quantity, mode="direct")
    agreement = Agreement(
        id="mou",
        title="MOU",
        parties=("gastonia-fd", "charlotte-fire"),
        in_force_from=date(2026, 1, 1),
        in_force_until=until,
        zone="America/New_York",
        clauses=(clause,),
    )
    return Term(agreement, clause)


# ---- a unit on two tasks ----


def test_that_a_unit_at_work_for_two_incidents_is_its_owners_to_settle() -> None:
    first, second = open_task(), open_task("t2", asker="csx", asked_s=60, incident="i2")
    found = two_tasks(UNIT, [second, first], itself, NAMES)
    assert found is not None
    assert (found.kind, found.owner, found.since) == ("two_tasks", "gastonia-fd", r.at(60))
    assert found.proposal is not None
    assert (found.proposal.act, found.proposal.about) == ("call_back", (("task", "csx", "t2"),))
    assert "is on two tasks" in found.words


def test_that_the_owner_answers_the_later_of_two_that_want_its_unit() -> None:
    waiting = open_task("t2", "requested", "csx", asked_s=60, incident="i2")
    found = two_tasks(UNIT, [open_task(), waiting], itself, NAMES)
    assert found is not None
    assert found.proposal is not None
    assert (found.owner, found.proposal.act) == ("gastonia-fd", "answer")


def test_that_who_asked_twice_for_a_unit_cancels_the_later_one_itself() -> None:
    found = two_tasks(UNIT, [open_task(), open_task("t2", asked_s=60, incident="i2")], itself, NAMES)
    assert found is not None
    assert found.proposal is not None
    assert (found.owner, found.proposal.act) == ("charlotte-fire", "cancel_task")


@pytest.mark.parametrize(
    "tasks",
    [
        [open_task()],
        [open_task(), open_task("t2", asked_s=9)],  # one piece of work after another for the same incident
        [open_task(), open_task("t2", "countered", "csx", incident="i2")],
        [open_task(), open_task("t2", "draft", "csx", incident="i2")],
        [open_task(), open_task("t2", "expired", "csx", incident="i2")],
    ],
)
def test_that_these_are_no_two_tasks(tasks: list[OpenTask]) -> None:
    assert two_tasks(UNIT, tasks, itself, NAMES) is None


def test_that_tasks_for_two_reports_of_one_incident_are_one_work() -> None:
    tasks = [open_task(), open_task("t2", asker="csx", incident="i2")]
    assert two_tasks(UNIT, tasks, lambda _: ("charlotte-fire", "i1"), NAMES) is None


# ---- no answer ----


def test_that_a_request_is_overdue_once_its_time_is_over_and_not_before() -> None:
    one = open_task(state="requested", answer_by=r.at(120))
    assert overdue(one, r.at(119), NAMES) is None
    found = overdue(one, r.at(121), NAMES)
    assert found is not None
    assert found.proposal is not None
    assert (found.owner, found.since, found.proposal.act) == ("charlotte-fire", r.at(120), "ask_next")


def test_that_a_request_without_a_time_is_overdue_after_the_usual_one() -> None:
    one = open_task(state="requested")
    assert overdue(one, r.at(299), NAMES) is None
    assert overdue(one, r.at(300), NAMES) is not None


@pytest.mark.parametrize("state", ["accepted", "countered", "draft", "on_scene"])
def test_that_what_was_answered_is_not_overdue(state: str) -> None:
    assert overdue(open_task(state=state, answer_by=r.at(1)), r.at(9000), NAMES) is None


def test_that_nobody_is_late_where_nobody_was_asked() -> None:
    assert overdue(open_task(state="requested", assignee_agency="", unit=""), r.at(9000), NAMES) is None


# ---- consent that is over ----

LEANS: dict[str, Any] = {"agreement": "mou", "clause": "3.1"}


def test_that_an_agreement_ends_with_its_last_day_where_it_is_in_force() -> None:
    ends = ended_at(term(until=date(2026, 11, 1)).agreement)
    assert ends == datetime(2026, 11, 2, 5, tzinfo=UTC)  # midnight in New York


def test_that_a_unit_at_work_when_its_agreement_ends_is_told_of() -> None:
    one = open_task(asked_s=-40_000, **LEANS)
    found = lapsed(one, term(until=date(2026, 11, 1)), None, r.NOON, NAMES)
    assert found is not None
    assert found.proposal is not None
    assert (found.owner, found.proposal.act) == ("gastonia-fd", "call_back")
    assert "is over" in found.words


def test_that_a_unit_at_work_when_consent_is_withdrawn_is_told_of() -> None:
    found = lapsed(open_task(asked_s=-600, **LEANS), term(), r.at(-60), r.NOON, NAMES)
    assert found is not None
    assert (found.since, "was withdrawn" in found.words) == (r.at(-60), True)


def test_that_what_its_owner_said_since_settles_it() -> None:
    one = open_task(asked_s=-600, answered_at=r.at(-30), **LEANS)
    assert lapsed(one, term(), r.at(-60), r.NOON, NAMES) is None


@pytest.mark.parametrize(
    ("one", "withdrawn_at"),
    [
        (open_task(asked_s=-600, **LEANS), None),
        (open_task(asked_s=-600, **LEANS), r.at(60)),
        (open_task(asked_s=-600, state="requested", **LEANS), r.at(-60)),
        (open_task(asked_s=-10, **LEANS), r.at(-60)),
    ],
)
def test_that_these_have_not_lapsed(one: OpenTask, withdrawn_at: datetime | None) -> None:
    assert lapsed(one, term(), withdrawn_at, r.NOON, NAMES) is None


def test_that_a_task_without_a_clause_cannot_lapse() -> None:
    assert lapsed(open_task(), None, r.at(-60), r.NOON, NAMES) is None


# ---- more than there is ----


def test_that_who_waits_beyond_a_clauses_quantity_is_told_to_the_giver() -> None:
    tasks = [open_task(), open_task("t2", "requested", asked_s=5)]
    found = over_clause(term(1), tasks, NAMES)
    assert found is not None
    assert found.proposal is not None
    assert (found.owner, found.proposal.about) == ("gastonia-fd", (("task", "charlotte-fire", "t2"),))


@pytest.mark.parametrize(
    ("quantity", "states"),
    [(2, ("accepted", "requested")), (1, ("accepted", "accepted")), (None, ("accepted", "requested")), (1, ("draft",))],
)
def test_that_a_clause_is_not_over_its_quantity(quantity: int | None, states: tuple[str, ...]) -> None:
    tasks = [open_task(f"t{n}", state, asked_s=n) for n, state in enumerate(states)]
    assert over_clause(term(quantity), tasks, NAMES) is None


def test_that_more_of_a_resource_promised_than_there_is_is_told() -> None:
    beds = Resource(id="beds", at=r.NOON, name="Beds", quantity=10)
    given = [(("request", "a", "r1"), 6, r.at(0)), (("request", "b", "r2"), 4, r.at(30))]
    assert over_resource(("h", "beds"), beds, given, NAMES) is None
    found = over_resource(("h", "beds"), beds, [*given, (("task", "c", "t"), 1, r.at(60))], NAMES)
    assert found is not None
    assert (found.owner, found.since) == ("h", r.at(60))
    assert "11" in found.words
    assert over_resource(("h", "beds"), beds, [], NAMES) is None


# ---- two that look like one ----


def told(agency: str, *, exercise: bool = False, **fields: Any) -> Told:
    given = {"type": "crash", "lat": 35.2, "lon": -80.8, "opened_at": r.NOON, **fields}
    return Told((agency, "i"), Incident(id="i", at=r.NOON, **given), exercise)


def test_that_two_of_the_same_place_time_and_type_look_like_one() -> None:
    first, second = told("a"), told("b", lat=35.202, type="mass_casualty", opened_at=r.at(600))
    assert look_like_one(first, second)
    found = same_incident(second, first, NAMES)
    assert found.proposal is not None
    assert (found.owner, found.proposal.act) == ("b", "link_incidents")
    assert found == same_incident(first, second, NAMES)


@pytest.mark.parametrize(
    "other",
    [
        told("a"),
        told("b", lat=35.21),
        told("b", opened_at=r.at(3000)),
        told("b", type="missing_person"),
        told("b", status="closed"),
        told("b", lat=None, lon=None),
        told("b", exercise=True),
    ],
)
def test_that_these_do_not_look_like_one(other: Told) -> None:
    assert not look_like_one(told("a"), other)


def test_that_types_go_together_both_ways() -> None:
    pairs = [("crash", "mass_casualty"), ("rail", "hazmat"), ("structure_fire", "fire"), ("unknown", "pursuit")]
    assert all(compatible(*pair) and compatible(*pair[::-1]) for pair in pairs)
    assert not compatible("pursuit", "flood")
    assert not compatible("flood", "pursuit")


# ---- two leads ----


def holds(agency: str, since_s: float, *others: str) -> tuple[str, IncidentCommand]:
    word = IncidentCommand(
        id="a~i", at=r.NOON, incident_agency="a", incident="i", holds=True, since=r.at(since_s), with_agencies=others
    )
    return agency, word


def test_that_two_who_claim_command_are_told_and_who_decides() -> None:
    standing = commanders([holds("a", 0), holds("b", 60)])
    found = two_commands(("a", "i"), standing, Lead(("a",), "", decides="state-em"), NAMES)
    assert found is not None
    assert found.proposal is not None
    assert (found.owner, found.since, found.proposal.act) == ("state-em", r.at(60), "open_incident_page")
    assert two_commands(("a", "i"), standing, None, NAMES) is not None


def test_that_one_command_and_unified_command_are_no_conflict() -> None:
    assert two_commands(("a", "i"), commanders([holds("a", 0)]), None, NAMES) is None
    assert two_commands(("a", "i"), commanders([holds("a", 0, "b"), holds("b", 9, "a")]), None, NAMES) is None


def test_that_clauses_that_name_two_leads_are_told() -> None:
    incident = Incident(id="i", at=r.NOON)
    found = two_leads(("a", "i"), incident, Lead(("b", "c"), "", contested=True), NAMES)
    assert found is not None
    assert found.owner == "a"
    assert two_leads(("a", "i"), incident, Lead(("b", "c"), ""), NAMES) is None
    assert two_leads(("a", "i"), incident, None, NAMES) is None


# ---- places and words ----


def test_that_few_units_in_a_hot_zone_have_a_line_each_and_many_share_one() -> None:
    few = in_hot_zone(("f", "z"), "a", {("a", "u1"): r.NOON}, zone_name="the hot zone", names=NAMES)
    assert [one.proposal.act for one in few if one.proposal] == ["order_out"]
    many = in_hot_zone(
        ("f", "z"), "a", {("a", f"u{n}"): r.at(n) for n in range(9)}, zone_name="the hot zone", names=NAMES
    )
    assert len(many) == 1
    assert (many[0].words[:7], many[0].since) == ("9 units", r.NOON)
    assert in_hot_zone(("f", "z"), "a", {}, zone_name="the hot zone", names=NAMES) == []


def test_that_an_uncovered_ground_and_refused_words_are_told_of_their_agency() -> None:
    void = coverage_void("a", "hazmat", units=["u1"], since=r.NOON, names=NAMES)
    assert (void.owner, void.about) == ("a", (("unit", "a", "u1"),))
    refused = refused_words("a", "task", "wrong hands", ids=["t1", "t2"], since=r.NOON, names=NAMES)
    assert refused.words == "2 tasks in a's name were not taken: wrong hands"


# ---- what comes first ----


def test_that_ours_come_first_then_the_urgent_and_what_was_set_aside_last() -> None:
    ours = coverage_void("me", "engine", units=["u"], since=r.NOON, names=NAMES)
    theirs = in_hot_zone(("f", "z"), "you", {("you", "u"): r.NOON}, zone_name="z", names=NAMES)[0]
    late = overdue(open_task(state="requested", answer_by=r.at(1)), r.at(2), NAMES)
    assert late is not None
    found = sorted([ours, theirs, late], key=lambda one: order(one, "me"))
    assert [one.kind for one in found] == ["coverage_void", "in_hot_zone", "overdue"]
    assert sorted([ours, late], key=lambda one: order(one, "me", noted=one is ours)) == [late, ours]


def test_that_either_teller_may_link_and_a_third_may_only_look() -> None:
    pair = same_incident(told("a"), told("b", opened_at=r.at(60)), NAMES)
    assert [is_ours(pair, own) for own in ("a", "b", "c")] == [True, True, False]
    assert [may_act(pair, own) for own in ("a", "b", "c")] == [True, True, False]
    void = coverage_void("me", "engine", units=["u"], since=r.NOON, names=NAMES)
    assert may_act(void, "you")
