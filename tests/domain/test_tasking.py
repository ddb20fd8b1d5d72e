"""Whom one may ask: what must hold for any agreements, words and commitments."""

from datetime import timedelta
from typing import Any

import msgspec
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cop.domain.agreement import Agreement, AidClause, Term
from cop.domain.consent import Consent, Pause, consent_id
from cop.domain.desk import Operator
from cop.domain.rules.aid import gives_kind, is_between, why_not_for
from cop.domain.rules.claims import Claim, crowded_out
from cop.domain.rules.consents import stopped
from cop.domain.rules.tasking import Commitments, Direct, Refused, Request, Tasking, Wanted, may_task
from cop.domain.task import Basis
from tests.reports import NOON, at, report, task

AGENCIES = ("us", "them", "others")
KINDS = ("engine", "hazmat")
TYPES = ("fire", "hazmat", "crash")
GROUNDS = (None, shapely.box(-81, 35, -80, 36), shapely.box(-80, 35, -79, 36))


def clauses(number: int) -> st.SearchStrategy[AidClause]:
    """Any aid clause of that number."""
    return st.builds(
        AidClause,
        number=st.just(str(number)),
        says=st.just("They give."),
        giver=st.sampled_from(AGENCIES),
        takers=st.sampled_from((("us",), ("them", "others"), ("*",))),
        kinds=st.sampled_from(((), ("engine",), ("hazmat", "engine"))),
        types=st.sampled_from(((), ("fire",), ("hazmat",))),
        quantity=st.sampled_from((None, 1, 2)),
        mode=st.sampled_from(("direct", "request")),
        answer_within_min=st.sampled_from((None, 3.0)),
    )


@st.composite
def terms(draw: st.DrawFn) -> list[Term]:
    """Some clauses of two agreements, one of which may be over."""
    found = []
    for name in ("a", "b"):
        agreement = Agreement(
            id=name,
            title=f"Paper {name}",
            parties=draw(st.sampled_from((AGENCIES, ("us", "them")))),
            in_force_from=(NOON - timedelta(days=9)).date(),
            in_force_until=draw(st.sampled_from((None, (NOON - timedelta(days=2)).date()))),
        )
        many = draw(st.integers(0, 3))
        found += [Term(agreement, draw(clauses(n)), draw(st.sampled_from(GROUNDS))) for n in range(many)]
    return found


def words(keys: list[tuple[str, str]]) -> st.SearchStrategy[dict[tuple[str, str], Consent]]:
    """What the givers say about some of these clauses."""
    word = st.builds(
        lambda state, since, until: Consent(
            id="x",
            at=NOON,
            agreement="x",
            clause="x",
            state=state,
            withdrawn_at=at(since) if state == "withdrawn" else None,
            pauses=(Pause(since=at(since), until=at(until) if until is not None else None),),
        ),
        st.sampled_from(("given", "paused", "withdrawn")),
        st.integers(-60, 60),
        st.sampled_from((None, -10, 30)),
    )
    return st.dictionaries(st.sampled_from(keys), word) if keys else st.just({})


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """Everything that an answer hangs on."""
    papers = draw(terms())
    keys = [one.key for one in papers]
    units = [(agency, f"{kind}-{n}") for agency in AGENCIES for kind in KINDS for n in (1, 2)]
    wanted = draw(st.sampled_from(units))
    return {
        "papers": papers,
        "words": draw(words(keys)),
        "bound": {key: draw(st.sets(st.sampled_from(units), max_size=3)) for key in keys},
        "wanted": Wanted(
            *wanted,
            kind=wanted[1].split("-")[0],
            status=draw(st.sampled_from(("available", "available", "out_of_service"))),
            known=draw(st.sampled_from((True, True, False))),
            exercise=draw(st.sampled_from((False, False, True))),
            has_task=draw(st.sampled_from((False, False, True))),
        ),
        "basis": draw(
            st.one_of(st.none(), st.builds(Basis, type=st.sampled_from(TYPES), lat=st.just(35.5), lon=st.just(-80.5)))
        ),
        "role": draw(st.sampled_from(("commander", "commander", "commander", "dispatcher"))),
    }


def ask(world: dict[str, Any], **other: Any) -> Tasking:
    """The answer in a world, with something of it other."""
    w = {**world, **other}
    said, bound = w["words"], w["bound"]
    return may_task(
        Operator(agency="us", role=w["role"]),
        w["wanted"],
        w["basis"],
        w["papers"],
        Commitments(lambda term: said.get(term.key), lambda term: bound[term.key]),
        at=NOON,
    )


def _rank(answer: Tasking) -> int:
    """How much is permitted."""
    if isinstance(answer, Direct):
        return 3
    if isinstance(answer, Refused):
        return 0
    return 2 if answer.covered else 1


@given(world=worlds(), order=st.randoms(use_true_random=False))
def test_that_the_order_of_files_and_clauses_changes_nothing(world: dict[str, Any], order: Any) -> None:
    shuffled = world["papers"].copy()
    order.shuffle(shuffled)
    assert ask(world, papers=shuffled) == ask(world)
    assert ask(world, papers=shuffled + shuffled) == ask(world)


@given(world=worlds(), data=st.data())
def test_that_pausing_and_withdrawing_never_widen(world: dict[str, Any], data: st.DataObject) -> None:
    if not world["papers"]:
        return
    key = data.draw(st.sampled_from([one.key for one in world["papers"]]))
    known = world["words"].get(key) or Consent(id="x", at=NOON, agreement="x", clause="x")
    withdrawn = msgspec.structs.replace(known, state="withdrawn", withdrawn_at=at(-60))
    pauses = (*known.pauses, Pause(since=at(-60)))
    for narrower in (withdrawn, msgspec.structs.replace(known, pauses=pauses)):
        said = {**world["words"], key: narrower}
        answer = ask(world, words=said)
        assert _rank(answer) <= _rank(ask(world))
        assert answer.term is None or answer.term.key != key


@given(world=worlds(), data=st.data())
def test_that_more_commitments_never_widen(world: dict[str, Any], data: st.DataObject) -> None:
    if not world["papers"]:
        return
    key = data.draw(st.sampled_from([one.key for one in world["papers"]]))
    more = {**world["bound"], key: {*world["bound"][key], ("them", "another"), ("them", "one more")}}
    assert _rank(ask(world, bound=more)) <= _rank(ask(world))


@given(world=worlds())
def test_that_what_is_cited_applies_and_has_room(world: dict[str, Any]) -> None:
    answer, wanted = ask(world), world["wanted"]
    assert answer.reason
    if answer.term is None:
        assert not isinstance(answer, Direct) or wanted.agency == "us"
        return
    clause = answer.term.clause
    assert isinstance(clause, AidClause)
    assert is_between(answer.term, wanted.agency, "us")
    assert gives_kind(clause, wanted.kind)
    assert why_not_for(answer.term, world["basis"], NOON) == ""
    assert stopped(world["words"].get(answer.term.key), NOON) is None
    others = world["bound"][answer.term.key] - {(wanted.agency, wanted.unit)}
    assert clause.quantity is None or len(others) < clause.quantity
    assert isinstance(answer, Direct) == (clause.mode == "direct")


@given(world=worlds())
def test_that_what_may_never_be_sent_is_refused_whatever_the_papers_say(world: dict[str, Any]) -> None:
    wanted = world["wanted"]
    never = (
        world["role"] != "commander"
        or not wanted.known
        or wanted.exercise
        or wanted.has_task
        or wanted.status == "out_of_service"
    )
    assert isinstance(ask(world), Refused) == never
    assert isinstance(ask(world, papers=[]), Refused) == never


@given(world=worlds())
def test_that_without_agreements_every_task_to_another_agency_is_a_request(world: dict[str, Any]) -> None:
    wanted = Wanted(world["wanted"].agency, "x")
    answer = ask(world, papers=[], wanted=wanted, role="commander")
    if wanted.agency == "us":
        assert isinstance(answer, Direct)
    else:
        assert isinstance(answer, Request)
        assert not answer.covered


def test_that_nobody_is_asked_by_nobody() -> None:
    for wanted in (Wanted("", "x"), Wanted("them", "")):
        answer = may_task(Operator(agency="us", role="commander"), wanted, None, [], Commitments(), at=NOON)
        assert isinstance(answer, Refused)
    answer = may_task(Operator(agency="", role="commander"), Wanted("them", "x"), None, [], Commitments(), at=NOON)
    assert isinstance(answer, Refused)


def test_that_the_word_about_a_clause_has_one_name() -> None:
    assert consent_id("mou", "4.2") == "mou~4.2"


def _claimed(name: str, agency: str, unit: str, seconds: float, ends_s: float | None = None) -> Claim:
    body = task(name, assignee_agency="air", unit=unit, asked_at=at(seconds), seconds=seconds)
    return Claim(report(agency, body), at(ends_s) if ends_s is not None else None)


def test_that_a_unit_that_one_agency_has_by_a_clause_is_asked_for_by_another() -> None:
    first, second = _claimed("t1", "fire", "rescue-1", 0), _claimed("t2", "ems", "rescue-1", 1)
    for quantity in (None, 1, 5):
        assert crowded_out([second, first], quantity) == {("ems", "t2")}
    again = _claimed("t3", "fire", "rescue-1", 2)
    assert crowded_out([first, again], 1) == frozenset()
    free = _claimed("t1", "fire", "rescue-1", 0, ends_s=0.5)
    assert crowded_out([free, second], 1) == frozenset()


def test_that_who_is_about_to_ask_is_told_what_every_desk_will_read_of_it() -> None:
    clause = AidClause(number="1", says="We give.", giver="us", takers=("them",), mode="direct")
    paper = Agreement(id="mou", title="MOU", parties=("us", "them"), in_force_from=NOON.date(), clauses=(clause,))
    ahead = Pause(since=at(90), standing=())  # the clock of who stopped giving is ahead
    word = Consent(
        id="mou~1",
        at=at(90),
        rev=1,
        agreement="mou",
        clause="1",
        state="withdrawn",
        withdrawn_at=at(90),
        pauses=(ahead,),
    )
    found = may_task(
        Operator("them", "commander"),
        Wanted("us", "e1", kind="engine"),
        None,
        [Term(paper, clause)],
        Commitments(consent=lambda term: word),
        at=at(0),
    )
    assert isinstance(found, Request)
    assert "is withdrawn" in found.reason
