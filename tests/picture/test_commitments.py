"""Tasks that lean on a clause, in a picture: what it accepts, and what is bound of it."""

import itertools
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.domain.agreement import Agreement, Agreements, AidClause, Term
from cop.domain.batch import Batch
from cop.domain.consent import Consent, Pause, consent_id
from cop.domain.report import Report, Retraction
from cop.domain.rules.tasking import Direct
from cop.domain.task import Basis
from cop.picture.picture import Picture
from tests.reports import NOON, answer, at, incident, report, task, unit

GIVER, TAKER, OTHER = "gastonia-fd", "charlotte-fire", "york-fire"


def term(**fields: Any) -> Term:
    """Two hazmat units of Gastonia's for the others, directly."""
    clause = AidClause(
        **{
            "number": "4.2",
            "says": "Gastonia FD gives two hazmat units.",
            "giver": GIVER,
            "takers": (TAKER, OTHER),
            "kinds": ("hazmat",),
            "types": ("hazmat",),
            "quantity": 2,
            "mode": "direct",
            **fields,
        }
    )
    agreement = Agreement(
        id="mou",
        title="Regional Hazmat MOU",
        parties=(GIVER, TAKER, OTHER),
        in_force_from=NOON.date(),
        clauses=(clause,),
    )
    return Term(agreement, clause)


TERM = term()


def asked(task_id: str, unit_id: str = "hazmat-1", *, seconds: float = 60.0, by: str = TAKER, **fields: Any) -> Report:
    """A task that names the clause."""
    said = {
        "unit": unit_id,
        "unit_kind": "hazmat",
        "incident_agency": TAKER,
        "incident": "leak",
        "agreement": "mou",
        "clause": "4.2",
        "basis": Basis(type="hazmat"),
        "asked_at": at(seconds),
        **fields,
    }
    return report(by, task(task_id, seconds=seconds, **said))


def says(seconds: float, state: str, *, rev: int = 1, by: str = GIVER, **fields: Any) -> Report:
    """A word about the clause."""
    word = Consent(
        id=consent_id("mou", "4.2"), at=at(seconds), rev=rev, agreement="mou", clause="4.2", state=state, **fields
    )
    return report(by, word)


def paused(
    seconds: float, *, rev: int = 1, by: str = GIVER, until: float | None = None, standing: Any = None
) -> Report:
    """The clause is paused from a moment on."""
    end = at(until) if until is not None else None
    return says(seconds, "paused", rev=rev, by=by, pauses=(Pause(since=at(seconds), until=end, standing=standing),))


def world() -> list[Report]:
    """An incident and three units."""
    units = [report(GIVER, unit(f"hazmat-{n}", kind="hazmat", status="available")) for n in (1, 2, 3)]
    return [report(TAKER, incident("leak", type="hazmat", lat=35.2, lon=-80.9)), *units]


def picture_of(*told: Report, agreements: Agreements | None = None) -> Picture:
    """A picture of the world that was told of these, in this order, one after another."""
    picture = Picture(agreements=agreements or Agreements([TERM]))
    picture.apply(Batch(reports=world()))
    for one in told:
        picture.apply(Batch(reports=[one]))
    return picture


def states(picture: Picture) -> dict[str, str]:
    """Where every task stands."""
    return {key[1]: picture.task_state(one) for key, one in picture.tasks.items()}


def test_that_a_task_that_the_clause_covers_is_accepted_and_one_too_many_is_asked() -> None:
    picture = picture_of(asked("a"), asked("b", "hazmat-2", seconds=61, by=OTHER), asked("c", "hazmat-3", seconds=62))
    assert states(picture) == {"a": "accepted", "b": "accepted", "c": "requested"}
    assert "gives 2 hazmat units" in picture.standings.of(picture.tasks[TAKER, "c"]).why
    assert len({one.unit for one in picture.commitments.bound(TERM, at(100))}) == 3


def test_that_a_unit_with_two_tasks_is_one_unit_of_the_quantity() -> None:
    picture = picture_of(
        asked("a"), asked("a2", seconds=61), asked("b", "hazmat-2", seconds=62), asked("c", "hazmat-3", seconds=63)
    )
    assert states(picture) == {"a": "accepted", "a2": "accepted", "b": "accepted", "c": "requested"}


def test_that_what_is_over_makes_room_for_what_is_asked_after_it_and_for_nothing_before() -> None:
    told = [asked("a"), asked("b", "hazmat-2", seconds=61), asked("c", "hazmat-3", seconds=62)]
    done = report(GIVER, answer("a", "complete", seconds=70))
    picture = picture_of(*told, done, asked("d", seconds=80), asked("e", "hazmat-2", seconds=80))
    assert states(picture) == {"a": "complete", "b": "accepted", "c": "requested", "d": "requested", "e": "accepted"}
    picture.apply(Batch(reports=[report(GIVER, answer("c", "declined", seconds=90))]))
    assert states(picture)["d"] == "requested"  # when it was asked, two were bound
    picture.apply(Batch(reports=[asked("f", seconds=95)]))
    assert states(picture)["f"] == "accepted"  # hazmat-2, and this one
    picture.apply(Batch(reports=[asked("g", "hazmat-3", seconds=96)]))
    assert states(picture)["g"] == "requested"


def test_that_two_takers_who_race_for_the_last_one_leave_every_desk_with_the_same_picture() -> None:
    ours, theirs = asked("ours", seconds=60.2), asked("theirs", "hazmat-2", seconds=60.1, by=OTHER)
    one = Agreements([term(quantity=1)])
    for told in itertools.permutations((ours, theirs)):
        assert states(picture_of(*told, agreements=one)) == {"ours": "requested", "theirs": "accepted"}


def test_that_what_is_said_of_an_incident_that_is_not_named_gives_no_consent() -> None:
    picture = picture_of(asked("forged", incident="", incident_agency="", basis=Basis(type="hazmat")))
    assert states(picture) == {"forged": "requested"}
    assert "speaks of incidents" in picture.standings.of(picture.tasks[TAKER, "forged"]).why


def test_that_a_recall_that_is_taken_back_gives_the_unit_no_second_time() -> None:
    recalled = (asked("a"), report(GIVER, answer("a", "released", seconds=70, reason="our own fire")))
    emptied = report(GIVER, Retraction(id="a", at=at(80), kind="answer"), received_s=80)
    deleted = report(GIVER, answer("a", "released", rev=2, seconds=80, deleted=True))
    for last in (emptied, deleted):
        picture = picture_of(*recalled, last)
        assert states(picture) == {"a": "requested"}
        assert "taken back" in picture.standings.of(picture.tasks[TAKER, "a"]).why
        picture.apply(Batch(reports=[report(GIVER, answer("a", "accepted", rev=3, seconds=90))]))
        assert states(picture) == {"a": "accepted"}
    assert states(picture_of(deleted, recalled[0])) == {"a": "requested"}


def test_that_a_pause_is_for_what_is_asked_after_it() -> None:
    picture = picture_of(asked("before"), paused(90), asked("after", "hazmat-2", seconds=91))
    assert states(picture) == {"before": "accepted", "after": "requested"}
    assert "was paused before this was asked" in picture.standings.of(picture.tasks[TAKER, "after"]).why


def test_that_a_pause_that_comes_late_is_obeyed_for_what_was_asked_after_it() -> None:
    picture = picture_of(asked("after", seconds=91))
    assert states(picture) == {"after": "accepted"}
    change = picture.apply(Batch(reports=[paused(90)]))
    assert states(picture) == {"after": "requested"}
    assert (TAKER, "after") in change.tasks  # it is drawn anew


def test_that_a_task_dated_back_before_a_pause_stays_outside_unless_the_giver_knew_it() -> None:
    known, forged = asked("known"), asked("forged", "hazmat-2", seconds=61)
    pause = paused(90, standing=(f"{TAKER}/known/hazmat-1",))
    for told in itertools.permutations((known, forged, pause)):
        picture = picture_of(*told)
        assert states(picture) == {"known": "accepted", "forged": "requested"}
    assert "before this came" in picture.standings.of(picture.tasks[TAKER, "forged"]).why
    turned = asked("known", "hazmat-3", rev=2)  # the id of what stood, for another unit
    picture.apply(Batch(reports=[turned]))
    assert states(picture)["known"] == "requested"


def test_that_only_the_giver_pauses() -> None:
    for by in (TAKER, OTHER, "nobody"):
        assert states(picture_of(paused(30, by=by), asked("a"))) == {"a": "accepted"}


def test_that_taking_the_word_back_gives_nothing_again() -> None:
    empty = report(GIVER, Retraction(id=consent_id("mou", "4.2"), at=at(99), kind="consent"), received_s=99)
    head_alone = report(GIVER, Retraction(id=consent_id("mou", "4.2"), at=at(50), rev=9, kind="consent"), received_s=99)
    tombstone = says(50, "given", rev=9, deleted=True)
    for gone in (empty, head_alone, tombstone):
        for told in itertools.permutations((paused(30), gone, asked("a"))):
            assert states(picture_of(*told)) == {"a": "requested"}


def test_that_of_two_words_said_at_once_the_narrower_counts() -> None:
    resumed = says(31, "given", rev=2, pauses=(Pause(since=at(20), until=at(31)),))
    withdrawn = says(30, "withdrawn", rev=2, withdrawn_at=at(30))
    for told in itertools.permutations((resumed, withdrawn, asked("a"))):
        assert states(picture_of(*told)) == {"a": "requested"}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"unit_kind": "engine"}, "gives hazmat units, not engine"),
        ({"unit": "engine-9"}, "this is engine"),
        ({"unit": "nowhere"}, "not in the picture"),
        ({"basis": Basis(type="crash")}, "not of traffic crash"),
        ({"asked_at": at(61)}, "cannot be true"),
        ({"asked_at": at(-400 * 86400)}, "cannot be true"),
        ({"asked_at": datetime.min.replace(tzinfo=UTC)}, "cannot be true"),
        ({"asked_at": None}, "does not say when"),
        ({"clause": "9"}, "not in our agreements"),
        ({"incident": "other"}, "not in the picture"),
        ({"incident": "bump"}, "is not what the task says"),
        ({"assignee_agency": OTHER}, "gives charlotte-fire nothing"),
    ],
)
def test_that_a_claim_that_is_not_so_is_a_request_and_says_why(wrong: dict[str, Any], why: str) -> None:
    told = [
        report(GIVER, unit("engine-9", kind="engine", status="available")),
        report(TAKER, incident("bump", type="crash", lat=35.2, lon=-80.9)),
    ]
    picture = picture_of(*told, asked("a", **wrong))
    assert states(picture) == {"a": "requested"}
    assert why in picture.standings.of(picture.tasks[TAKER, "a"]).why


def test_that_a_unit_that_turns_out_to_be_another_kind_is_asked_for() -> None:
    picture = picture_of(asked("a"))
    change = picture.apply(Batch(reports=[report(GIVER, unit("hazmat-1", rev=2, kind="engine"))]))
    assert states(picture) == {"a": "requested"}
    assert change.tasks == {(TAKER, "a")}


def test_that_an_incident_that_changes_after_it_was_asked_leaves_it_and_its_owner_is_told() -> None:
    picture = picture_of(asked("a"))
    assert picture.commitments.doubt(picture.tasks[TAKER, "a"]) == ""
    picture.apply(
        Batch(reports=[report(TAKER, incident("leak", rev=2, seconds=300, type="crash", lat=35.2, lon=-80.9))])
    )
    assert states(picture) == {"a": "accepted"}
    assert "the incident has changed" in picture.commitments.doubt(picture.tasks[TAKER, "a"])


def test_that_nothing_is_accepted_before_it_is_asked() -> None:
    picture = picture_of(paused(30, until=600), asked("a", seconds=605))
    task_ = picture.tasks[TAKER, "a"]
    assert picture.task_state(task_, at(590)) == "requested"
    assert picture.task_state(task_, at(610)) == "accepted"


def test_that_a_drill_uses_up_nothing() -> None:
    drill = [msgspec.structs.replace(asked(name, f"hazmat-{n}"), exercise=True) for n, name in ((1, "x"), (2, "y"))]
    picture = picture_of(*drill, asked("a", "hazmat-3"))
    assert states(picture)["a"] == "accepted"


def test_that_a_unit_that_goes_on_under_another_command_stays_bound() -> None:
    one = Agreements([term(quantity=1)])
    again = asked("a2", seconds=80, replaces=f"{TAKER}/a", agreement="", clause="")
    picture = picture_of(asked("a"), again, asked("b", "hazmat-2", seconds=90), agreements=one)
    assert states(picture) == {"a": "reassigned", "a2": "accepted", "b": "requested"}
    picture.apply(Batch(reports=[report(GIVER, answer("a2", "complete", seconds=95))]))
    picture.apply(Batch(reports=[asked("c", "hazmat-3", seconds=99)]))
    assert states(picture)["c"] == "requested"  # b still asks
    picture.apply(Batch(reports=[asked("b", "hazmat-2", rev=2, seconds=90, cancelled=True)]))
    assert states(picture)["c"] == "accepted"


_SAID = st.lists(
    st.one_of(
        st.builds(
            lambda n, unit_no, s, by: asked(f"t{n}", f"hazmat-{unit_no}", seconds=float(s), by=by),
            st.integers(0, 3),
            st.integers(1, 3),
            st.integers(0, 30),
            st.sampled_from((TAKER, OTHER)),
        ),
        st.builds(
            lambda n, s, by, rev: asked(f"t{n}", seconds=float(s), by=by, rev=2 + rev, cancelled=True, asked_at=at(0)),
            st.integers(0, 3),
            st.integers(0, 40),
            st.sampled_from((TAKER, OTHER)),
            st.integers(0, 1),
        ),
        st.builds(
            lambda n, s, by, state: report(GIVER, answer(f"t{n}", state, seconds=float(s), requester=by)),
            st.integers(0, 3),
            st.integers(0, 40),
            st.sampled_from((TAKER, OTHER)),
            st.sampled_from(("accepted", "declined", "complete", "released")),
        ),
        st.builds(
            lambda s, length, rev, listed: paused(
                float(s),
                rev=rev,
                until=float(s + length) if length else None,
                standing=(f"{TAKER}/t0/hazmat-1",) if listed else None,
            ),
            st.integers(0, 30),
            st.integers(0, 10),
            st.integers(1, 3),
            st.booleans(),
        ),
        st.builds(
            lambda s, rev: says(float(s), "withdrawn", rev=rev, withdrawn_at=at(s)),
            st.integers(0, 30),
            st.integers(1, 3),
        ),
        st.builds(
            lambda n, kind, rev: report(GIVER, unit(f"hazmat-{n}", rev=rev, kind=kind)),
            st.integers(1, 3),
            st.sampled_from(("hazmat", "engine")),
            st.integers(2, 3),
        ),
        st.builds(
            lambda kind, s: report(TAKER, incident("leak", rev=2, seconds=float(s), type=kind, lat=35.2, lon=-80.9)),
            st.sampled_from(("hazmat", "crash")),
            st.integers(0, 30),
        ),
    ),
    max_size=12,
)


def accepted(picture: Picture) -> set[tuple[str, str]]:
    """The tasks that their clause accepts."""
    return {key for key, one in picture.tasks.items() if isinstance(picture.commitments.by_clause(one), Direct)}


@given(said=_SAID, order=st.randoms(use_true_random=False))
def test_that_any_order_of_delivery_accepts_the_same(said: list[Report], order: Any) -> None:
    shuffled = said.copy()
    order.shuffle(shuffled)
    first, second = picture_of(*said), picture_of(*shuffled)
    assert accepted(first) == accepted(second)
    assert [(key, first.task_state(one)) for key, one in sorted(first.tasks.items())] == [
        (key, second.task_state(one)) for key, one in sorted(second.tasks.items())
    ]
    whole = Picture(agreements=Agreements([TERM]))
    whole.apply(Batch(reports=[*shuffled, *world(), *shuffled]))
    assert accepted(whole) == accepted(first)


@given(said=_SAID)
def test_that_the_quantity_is_never_exceeded(said: list[Report]) -> None:
    picture = picture_of(*said)
    stand = [one for one in picture.commitments.bound(TERM, at(-1)) if one.task.key in accepted(picture)]
    for moment in range(-1, 45):
        open_then = {
            one.unit for one in stand if one.order[0] <= at(moment) and (one.ends is None or one.ends > at(moment))
        }
        assert len(open_then) <= 2


@given(said=_SAID, seconds=st.integers(0, 30), length=st.integers(0, 20), withdrawn=st.booleans())
def test_that_stopping_never_widens_what_is_accepted(
    said: list[Report], seconds: int, length: int, withdrawn: bool
) -> None:
    picture = picture_of(*said)
    before = accepted(picture)
    known = picture.consents.get((GIVER, consent_id("mou", "4.2")))
    pauses = known.body.pauses if known is not None and isinstance(known.body, Consent) else ()
    ends = at(seconds + length) if length else None
    kept = known.body.withdrawn_at if known is not None and isinstance(known.body, Consent) else None
    state = "withdrawn" if withdrawn or kept is not None else "paused"
    more = says(
        50,
        state,
        rev=9,
        pauses=(*pauses, Pause(since=at(seconds), until=ends)),
        withdrawn_at=min(one for one in (kept, at(seconds)) if one is not None) if state == "withdrawn" else None,
    )
    picture.apply(Batch(reports=[more]))
    assert accepted(picture) <= before


def test_that_a_drills_word_moves_no_consent_of_the_real_world() -> None:
    for state in (says(50, "given", rev=9), paused(20, rev=9)):
        drill = msgspec.structs.replace(state, exercise=True)
        for told in itertools.permutations(
            (paused(30, until=600), drill, asked("a", seconds=10), asked("b", seconds=45))
        ):
            assert states(picture_of(*told)) == {"a": "accepted", "b": "requested"}
    alone = msgspec.structs.replace(paused(5), exercise=True)
    assert states(picture_of(alone, asked("a"))) == {"a": "accepted"}


def test_that_words_about_no_clause_of_ours_are_let_go() -> None:
    strange = [
        report(GIVER, Consent(id=f"x{n}", at=at(1), rev=1, agreement="x", clause=str(n), state="paused"))
        for n in range(5)
    ]
    gone = [report(GIVER, Retraction(id=f"x{n}", at=at(2), kind="consent"), received_s=9) for n in range(5)]
    assert picture_of(*strange, *gone).consents == {}


def test_that_a_long_line_of_tasks_each_in_the_place_of_the_last_is_gone_through_once() -> None:
    line = [asked(f"t{n}", seconds=60 + n, replaces=f"{TAKER}/t{n - 1}" if n else "") for n in range(300)]
    picture = picture_of()
    looked_at: Counter[str] = Counter()
    replaced_by = picture.standings.replaced_by

    def counted(one: Report) -> Report | None:
        looked_at[one.body.id] += 1
        return replaced_by(one)

    picture.standings.replaced_by = counted  # type: ignore[method-assign]
    picture.apply(Batch(reports=line))
    assert max(looked_at.values()) <= 2
    assert len({one.unit for one in picture.commitments.bound(TERM, at(1000))}) == 1


def test_that_a_pulse_in_which_no_word_is_about_a_task_weighs_none() -> None:
    picture = picture_of(*[asked(f"t{n}", f"hazmat-{n}", seconds=60 + n) for n in (1, 2, 3)])
    before = {key: picture.standings.of(one) for key, one in picture.tasks.items()}
    word = report(GIVER, unit("hazmat-1", kind="hazmat", status="en_route", rev=2))
    assert not picture.apply(Batch(reports=[word])).tasks
    assert all(picture.standings.of(one) is before[key] for key, one in picture.tasks.items())
