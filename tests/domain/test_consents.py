"""What a giver says about its clauses, and what that makes of a task that leans on one."""

from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.domain.agreement import Agreement, Agreements, AidClause, LeadClause, Term
from cop.domain.consent import Consent, Pause
from cop.domain.desk import Command, Operator, Refusal
from cop.domain.rules import consents
from cop.domain.rules.consents import KEPT_PAUSES, bounded, keeps_out, stopped
from tests.reports import NOON, at

CLAUSE = AidClause(number="4.2", says="We give.", giver="us", takers=("them",), mode="direct")
LEAD = LeadClause(number="1", says="They lead.", leads="them")
PAPER = Agreement(id="mou", title="MOU", parties=("us", "them"), in_force_from=NOON.date(), clauses=(CLAUSE, LEAD))
TERM = Term(PAPER, CLAUSE)
LIAISON = Operator(agency="us", role="liaison", name="A. Rivera")
CLAIM = "them/t1/engine-4"


def word(state: Literal["given", "paused", "withdrawn"] = "given", **fields: Any) -> Consent:
    """A word about the clause."""
    return Consent(id="mou~4.2", at=NOON, rev=1, agreement="mou", clause="4.2", state=state, **fields)


def said(decided: Command | Refusal) -> Consent:
    """What a rule decided to say."""
    assert isinstance(decided, Command), decided
    assert isinstance(decided.body, Consent)
    return decided.body


def test_that_absence_of_a_word_is_the_text_of_the_agreement() -> None:
    assert stopped(None, NOON) is None
    assert keeps_out(None, NOON, CLAIM) is None


@pytest.mark.parametrize(
    "contradiction",
    [
        word("paused"),
        word("withdrawn"),
        word("given", pauses=(Pause(since=at(-60)),)),
        word("given", pauses=(Pause(since=at(-60), until=at(-90)),)),  # it ends before it begins
        word("given", deleted=True),
        word("paused", pauses=(Pause(since=at(-60)), Pause(since=at(-50), until=at(-40)))),
    ],
)
def test_that_a_word_that_contradicts_itself_is_read_as_the_narrower(contradiction: Consent) -> None:
    assert stopped(contradiction, NOON) is not None


def test_that_what_the_giver_lists_is_not_kept_out_by_its_clock_being_behind() -> None:
    for stop in (consents.pause, consents.withdraw):
        stopped_at = said(stop(LIAISON, TERM, None, at(0), standing=[CLAIM]))
        assert keeps_out(stopped_at, at(20), CLAIM) is None  # it had come when its giver stopped
        assert keeps_out(stopped_at, at(20), "them/t2/engine-5") is not None
        assert keeps_out(stopped_at, at(61), CLAIM) is not None  # so far are no clocks apart
    assert (
        keeps_out(
            said(
                consents.resume(
                    LIAISON,
                    TERM,
                    said(consents.pause(LIAISON, TERM, None, at(0), standing=[CLAIM])),
                    at(30),
                    standing=[CLAIM],
                )
            ),
            at(20),
            CLAIM,
        )
        is None
    )
    unlisted = word("withdrawn", withdrawn_at=at(0), pauses=(Pause(since=at(-5), standing=(CLAIM,)),))
    assert keeps_out(unlisted, at(20), CLAIM) is not None


def test_that_a_pause_with_an_end_is_over_by_itself() -> None:
    paused = said(consents.pause(LIAISON, TERM, None, at(0), until=at(60)))
    assert [stopped(paused, at(s)) is None for s in (-1, 0, 59, 60)] == [True, False, False, True]


def test_that_pause_and_resume_leave_a_record_that_every_moment_can_be_judged_by() -> None:
    first = said(consents.pause(LIAISON, TERM, None, at(0), standing=[CLAIM]))
    second = said(consents.resume(LIAISON, TERM, first, at(60), standing=[CLAIM]))
    third = said(consents.pause(LIAISON, TERM, second, at(120), standing=[CLAIM]))
    assert (first.rev, second.rev, third.rev) == (1, 2, 3)
    assert [stopped(third, at(s)) is None for s in (-1, 30, 90, 150)] == [True, False, True, False]
    assert keeps_out(third, at(-30), CLAIM) is None
    stop = keeps_out(third, at(-30), "them/t2/engine-5")  # nobody had heard of it
    assert stop is not None
    assert stop.since == at(0)


def test_that_a_withdrawal_is_final_until_it_is_given_again_in_words() -> None:
    withdrawn = said(consents.withdraw(LIAISON, TERM, None, at(0), reason="broken"))
    stop = stopped(withdrawn, at(10**7))
    assert stop is not None
    assert stop.withdrawn
    for refused in (
        consents.resume(LIAISON, TERM, withdrawn, at(60)),
        consents.pause(LIAISON, TERM, withdrawn, at(60)),
        consents.withdraw(LIAISON, TERM, withdrawn, at(60)),
        consents.give_again(LIAISON, TERM, withdrawn, at(60), words="  "),
    ):
        assert isinstance(refused, Refusal)
    again = said(consents.give_again(LIAISON, TERM, withdrawn, at(60), words="Repaired"))
    assert [stopped(again, at(s)) is None for s in (-1, 30, 60)] == [True, False, True]


def test_that_a_word_that_was_taken_back_is_withdrawn_until_it_is_given_again() -> None:
    gone = word("given", deleted=True)
    assert isinstance(consents.resume(LIAISON, TERM, gone, at(60)), Refusal)
    again = said(consents.give_again(LIAISON, TERM, gone, at(60), words="By mistake"))
    assert not again.deleted
    assert [stopped(again, at(s)) is None for s in (30, 61)] == [False, True]


@pytest.mark.parametrize(
    ("operator", "term", "why"),
    [
        (Operator(agency="us", role="dispatcher"), TERM, "signed in as dispatcher"),
        (Operator(agency="us", role="system"), TERM, "Only an incident commander or liaison"),
        (Operator(agency="them", role="liaison"), TERM, "only they pause or withdraw"),
        (LIAISON, Term(PAPER, LEAD), "gives nothing"),
    ],
)
def test_that_only_the_givers_liaison_or_commander_may(operator: Operator, term: Term, why: str) -> None:
    for decided in (
        consents.pause(operator, term, None, NOON),
        consents.resume(operator, term, word("paused"), NOON),
        consents.withdraw(operator, term, None, NOON),
        consents.give_again(operator, term, word("withdrawn"), NOON, words="x"),
    ):
        assert isinstance(decided, Refusal)
        assert why in decided.reason


def test_that_what_changes_nothing_is_refused() -> None:
    paused = said(consents.pause(LIAISON, TERM, None, at(0)))
    assert isinstance(consents.pause(LIAISON, TERM, paused, at(9)), Refusal)
    assert isinstance(consents.resume(LIAISON, TERM, None, at(9)), Refusal)
    assert isinstance(consents.pause(LIAISON, TERM, None, at(9), until=at(9)), Refusal)
    assert isinstance(consents.all_at_once([], "Nothing."), Refusal)


def test_that_given_by_names_what_an_agency_gives() -> None:
    papers = Agreements([Term(PAPER, LEAD), TERM])
    assert consents.given_by("us", papers) == [TERM]
    assert consents.given_by("them", papers) == []


_PAUSES = st.lists(
    st.builds(
        lambda since, length, listed: Pause(
            since=at(since), until=at(since + length) if length is not None else None, standing=listed
        ),
        st.integers(0, 400),
        st.sampled_from((None, 0, 1, 5, 50, -3)),
        st.sampled_from((None, (), (CLAIM,), (CLAIM, "them/t2/x"))),
    ),
    max_size=KEPT_PAUSES + 12,
)


@given(pauses=_PAUSES, seconds=st.integers(-10, 500), claim=st.sampled_from((CLAIM, "them/t2/x", "them/t3/x")))
def test_that_drawing_old_pauses_together_never_widens(pauses: list[Pause], seconds: int, claim: str) -> None:
    before, after = word(pauses=tuple(pauses)), word(pauses=bounded(pauses))
    assert len(after.pauses) <= KEPT_PAUSES
    if keeps_out(before, at(seconds), claim) is not None:
        assert keeps_out(after, at(seconds), claim) is not None
    if stopped(before, at(seconds)) is not None:
        assert stopped(after, at(seconds)) is not None


_ACTS = st.lists(
    st.tuples(st.sampled_from(("pause", "hour", "resume", "withdraw", "again")), st.integers(1, 30)), max_size=60
)


@given(acts=_ACTS)
def test_that_any_day_of_acts_is_judged_as_it_was_lived(acts: list[tuple[str, int]]) -> None:
    known: Consent | None = None
    now, off_until, withdrawn = 0, -1.0, False
    lived: list[tuple[int, bool]] = []
    for act, later in acts:
        lived += [(second, withdrawn or second < off_until) for second in range(now, now + later)]
        now += later
        match act:
            case "pause":
                decided = consents.pause(LIAISON, TERM, known, at(now))
            case "hour":
                decided = consents.pause(LIAISON, TERM, known, at(now), until=at(now + 10))
            case "resume":
                decided = consents.resume(LIAISON, TERM, known, at(now))
            case "withdraw":
                decided = consents.withdraw(LIAISON, TERM, known, at(now))
            case _:
                decided = consents.give_again(LIAISON, TERM, known, at(now), words="x")
        if isinstance(decided, Refusal):
            continue
        known = said(decided)
        match act:
            case "pause":
                off_until = float("inf")
            case "hour":
                off_until = now + 10
            case "withdraw":
                withdrawn = True
            case _:
                withdrawn, off_until = False, -1.0
    for second, off in lived[-300:]:
        found = stopped(known, at(second)) is not None
        assert found or not off  # what was paused then is never given in hindsight
        assert found == off or len(known.pauses if known is not None else ()) >= KEPT_PAUSES


def test_that_a_word_with_all_it_can_carry_is_small_enough_to_be_sent() -> None:
    known: Consent | None = None
    standing = [f"{'agency' * 8}/{'task' * 20}{n}/{'unit' * 20}" for n in range(1000)]
    for n in range(KEPT_PAUSES + 5):
        known = said(consents.pause(LIAISON, TERM, known, at(n * 60), standing=standing))
        known = said(consents.resume(LIAISON, TERM, known, at(n * 60 + 30), standing=standing))
    assert known is not None
    assert len(known.pauses) <= KEPT_PAUSES
    assert len(msgspec.json.encode(known)) < 2_000_000
    assert msgspec.json.decode(msgspec.json.encode(known), type=Consent) == known


def test_that_times_that_no_clock_shows_stop_nothing_from_being_judged() -> None:
    far = datetime.max.replace(tzinfo=UTC)
    long_ago = datetime.min.replace(tzinfo=UTC)
    strange = word(pauses=(Pause(since=long_ago, until=far), Pause(since=far)))
    assert stopped(strange, NOON) is not None
    assert keeps_out(strange, long_ago, CLAIM) is not None
