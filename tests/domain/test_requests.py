"""Resource requests filled in parts by several agencies: how one stands, and who may say what to it."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.domain.desk import Command, Operator, Refusal
from cop.domain.report import Report
from cop.domain.request import Fill, ResourceRequest
from cop.domain.resource import Resource
from cop.domain.rules import requesting
from cop.domain.rules.requesting import Giver
from cop.domain.rules.requests import Standing, free, resource_of, standing
from tests import reports as r

ASKER, GASTON, MATTHEWS = "charlotte-fire", "gastonia-fd", "matthews-fd"


def asked(**fields: object) -> ResourceRequest:
    head = {"id": "r1", "at": r.at(0), "rev": 1, "what": "Type 1 engines", "quantity": 10, "needed_by": r.at(7200)}
    return ResourceRequest(**{**head, **fields})  # type: ignore[arg-type]


def fill(quantity: int, state: str = "offered", *, rev: int = 1, seconds: float = 10, **fields: object) -> Fill:
    head = {"id": "r1", "requester": ASKER, "at": r.at(seconds), "rev": rev, "state": state, "quantity": quantity}
    return Fill(**{**head, **fields})  # type: ignore[arg-type]


def stands(*fills: tuple[str, Fill], now: float = 60, **fields: object) -> Standing:
    return standing(ASKER, asked(**fields), fills, r.at(now))


def giver(
    agency: str = GASTON,
    role: str = "liaison",
    *,
    said: Fill | None = None,
    lent: Report | None = None,
    others: tuple[Fill, ...] = (),
    seconds: float = 60,
    **fields: object,
) -> Giver:
    fills = tuple((agency, one) for one in (said, *others) if one is not None)
    return Giver(Operator(agency, role, "L"), r.report(ASKER, asked(**fields)), r.at(seconds), said, lent, fills)


def engines(available: int = 6, quantity: int = 8, **fields: object) -> Report:
    more = {"availability": "available", **fields}
    return r.report(GASTON, r.resource("eng", name="Engines", quantity=quantity, available=available, **more))


def test_that_several_agencies_fill_a_request_in_parts() -> None:
    assert stands().state == "open"
    part = stands((GASTON, fill(4)), (MATTHEWS, fill(3, "en_route")))
    assert (part.state, part.promised, part.on_way, part.missing) == ("part_filled", 7, 3, 3)
    assert stands((GASTON, fill(4)), (MATTHEWS, fill(6))).state == "filled"
    over = stands((GASTON, fill(8)), (MATTHEWS, fill(6)))
    assert (over.state, over.over, over.missing) == ("over_filled", 4, 0)
    assert stands((GASTON, fill(10, "delivered"))).state == "delivered"


def test_that_what_was_declined_withdrawn_or_said_to_another_request_is_not_counted() -> None:
    found = stands(
        (GASTON, fill(4, "withdrawn", delivered=1)),
        (MATTHEWS, fill(3, "declined")),
        ("x", fill(5, id="r2")),
        ("y", fill(5, requester="z")),
    )
    assert (found.promised, found.delivered, len(found.given)) == (1, 1, 2)


def test_that_a_cancelled_request_misses_nothing_and_shows_who_is_still_on_the_way() -> None:
    found = stands((GASTON, fill(4, "en_route")), cancelled=True)
    assert (found.state, found.missing, found.on_way, found.over) == ("cancelled", 0, 4, 4)
    assert not found.overdue


def test_that_a_request_is_pressing_near_its_time_and_overdue_after_it_until_all_is_delivered() -> None:
    assert not stands(now=60).pressing
    assert stands(now=5500).pressing
    assert not stands((GASTON, fill(10)), now=5500).pressing
    assert stands((GASTON, fill(10)), now=7201).overdue
    assert not stands((GASTON, fill(10, "delivered")), now=7201).overdue
    assert not stands((GASTON, fill(2)), now=99_999, needed_by=None).overdue


def test_that_what_comes_too_late_is_said_and_presses() -> None:
    found = stands((GASTON, fill(10, eta_s=8000)))
    assert (found.late, found.pressing) == ((GASTON,), True)
    assert stands((GASTON, fill(10, eta_s=600))).late == ()


def test_that_nobody_gives_more_than_it_has() -> None:
    decided = giver().offer(7, engines(6))
    assert isinstance(decided, Refusal) and "6 of Engines" in decided.reason
    other = Fill(id="r2", at=r.at(5), requester="x", quantity=4, resource="eng")
    assert isinstance(giver(others=(other,)).offer(3, engines(6)), Refusal)
    assert isinstance(giver(others=(other,)).offer(2, engines(6)), Command)
    assert isinstance(giver().offer(1, engines(6, availability="out_of_service")), Refusal)
    assert isinstance(giver().offer(1, engines(6, until=r.at(30))), Refusal)
    assert isinstance(giver(agency=MATTHEWS).offer(1, engines()), Refusal)  # another's
    assert isinstance(giver().offer(0), Refusal)
    assert isinstance(giver().offer(50), Command)  # of what no board shows nobody can tell


def test_that_a_liaisons_offer_sets_the_resource_aside_in_the_same_breath_and_a_withdrawal_puts_it_back() -> None:
    decided = giver().offer(6, engines(6), eta_s=1200)
    assert isinstance(decided, Command)
    said, mark = decided.bodies
    assert isinstance(said, Fill) and isinstance(mark, Resource)
    assert (said.quantity, said.marked, said.eta_s, said.resource) == (6, 6, 1200, "eng")
    assert (mark.available, mark.availability, mark.rev) == (0, "committed", 2)
    marked = r.report(GASTON, mark)
    assert free(GASTON, mark, [(GASTON, said)], r.at(70)) == 0
    fewer = giver(said=said, lent=marked).offer(4, marked)
    assert isinstance(fewer, Command)
    assert isinstance(fewer.bodies[1], Resource) and fewer.bodies[1].available == 2
    back = giver(said=said, lent=marked).withdraw("A fire of our own")
    assert isinstance(back, Command)
    assert isinstance(back.bodies[1], Resource) and back.bodies[1].available == 6
    assert back.bodies[1].availability == "available"


def test_that_a_resource_that_is_given_instead_frees_the_first() -> None:
    said = fill(2, resource="eng", marked=2)
    tankers = r.report(GASTON, r.resource("tank", quantity=3, available=3, availability="available"))
    decided = giver(said=said, lent=engines(4)).offer(3, tankers)
    assert isinstance(decided, Command)
    assert {(one.id, one.available) for one in decided.bodies if isinstance(one, Resource)} == {("eng", 6), ("tank", 0)}


def test_that_a_commanders_offer_marks_nothing_and_is_counted_all_the_same() -> None:
    decided = giver(role="commander").offer(4, engines(6))
    assert isinstance(decided, Command) and len(decided.bodies) == 1
    said = decided.body
    assert isinstance(said, Fill)
    assert free(GASTON, resource_of(engines(6)), [(GASTON, said)], r.at(70)) == 2
    gone = giver(role="commander", said=said).delivered()
    assert isinstance(gone, Command) and isinstance(gone.body, Fill)
    assert free(GASTON, resource_of(engines(6)), [(GASTON, gone.body)], r.at(70)) == 2


def test_that_more_is_given_after_a_first_part_was_delivered() -> None:
    decided = giver(said=fill(4, "delivered")).offer(3)
    assert isinstance(decided, Command) and isinstance(decided.body, Fill)
    found = stands((GASTON, decided.body))
    assert (found.promised, found.delivered) == (7, 4)


@pytest.mark.parametrize(
    ("said", "act", "taken"),
    [
        (None, "en_route", False),
        (None, "delivered", False),
        (None, "withdraw", False),
        (None, "decline", True),
        ("offered", "en_route", True),
        ("offered", "delivered", True),
        ("offered", "withdraw", True),
        ("offered", "decline", False),
        ("en_route", "delivered", True),
        ("en_route", "withdraw", True),
        ("delivered", "withdraw", False),
        ("delivered", "en_route", False),
        ("withdrawn", "en_route", False),
        ("withdrawn", "decline", True),
    ],
)
def test_that_a_giver_goes_from_offer_to_way_to_delivery(said: str | None, act: str, taken: bool) -> None:
    desk = giver(said=fill(3, said) if said is not None else None)
    acts = {
        "en_route": lambda: desk.en_route(600),
        "delivered": desk.delivered,
        "withdraw": lambda: desk.withdraw("why"),
        "decline": lambda: desk.decline("why"),
    }
    assert isinstance(acts[act](), Command) == taken


def test_that_a_reason_is_given_where_something_does_not_come() -> None:
    assert isinstance(giver().decline(" "), Refusal)
    assert isinstance(giver(said=fill(3)).withdraw(""), Refusal)
    known = r.report(ASKER, asked())
    assert isinstance(requesting.cancel(Operator(ASKER, "commander"), known, "", r.at(9)), Refusal)


def test_that_nothing_is_offered_to_a_cancelled_request_or_one_that_is_asked_of_others() -> None:
    assert isinstance(giver(cancelled=True).offer(1), Refusal)
    assert isinstance(giver(asked_of=(MATTHEWS,)).offer(1), Refusal)
    assert isinstance(giver(asked_of=(GASTON,)).offer(1), Command)
    assert isinstance(giver(said=fill(3, "en_route"), cancelled=True).delivered(), Command)  # it came all the same
    assert isinstance(giver(said=fill(3, "en_route"), cancelled=True).withdraw("turned round"), Command)


def test_that_only_the_asker_changes_and_cancels_and_only_givers_roles_give() -> None:
    known = r.report(ASKER, asked())
    for operator in (Operator(GASTON, "commander"), Operator(ASKER, "system")):
        assert isinstance(requesting.change(operator, known, asked(quantity=3), r.at(9)), Refusal)
        assert isinstance(requesting.cancel(operator, known, "over", r.at(9)), Refusal)
    assert isinstance(giver(role="dispatcher").offer(1), Refusal)
    own = Operator(ASKER, "commander", "A")
    changed = requesting.change(own, known, asked(quantity=3, id="other", rev=40), r.at(9))
    assert isinstance(changed, Command) and isinstance(changed.body, ResourceRequest)
    assert (changed.body.id, changed.body.rev, changed.body.quantity) == ("r1", 2, 3)
    cancelled = requesting.cancel(own, known, "Rain", r.at(9))
    assert isinstance(cancelled, Command)
    over = r.report(ASKER, cancelled.body)
    assert isinstance(requesting.change(own, over, asked(), r.at(10)), Refusal)


@pytest.mark.parametrize("wrong", [{"what": " "}, {"quantity": 0}, {"needed_by": r.at(-1)}, {"lat": 35.0}])
def test_that_a_request_says_what_how_many_and_by_when(wrong: dict[str, object]) -> None:
    own = Operator(ASKER, "commander", "A")
    assert isinstance(requesting.ask(own, asked(), r.at(0)), Command)
    assert isinstance(requesting.ask(own, asked(**wrong), r.at(0)), Refusal)


def test_that_an_overdue_request_can_be_changed_without_another_time() -> None:
    known = r.report(ASKER, asked())
    own = Operator(ASKER, "commander", "A")
    assert isinstance(requesting.change(own, known, asked(quantity=4), r.at(9999)), Command)
    assert isinstance(requesting.change(own, known, asked(needed_by=r.at(9000)), r.at(9999)), Refusal)


_FILLS = st.lists(
    st.builds(
        lambda agency, rev, state, quantity, delivered, eta, at: (
            agency,
            fill(quantity, state, rev=rev, seconds=at, delivered=delivered, eta_s=eta),
        ),
        st.sampled_from((GASTON, MATTHEWS, "x")),
        st.integers(1, 4),
        st.sampled_from(("offered", "en_route", "delivered", "declined", "withdrawn")),
        st.integers(0, 12),
        st.integers(0, 12),
        st.none() | st.integers(0, 10_000),
        st.integers(0, 3),
    ),
    max_size=10,
)


@settings(max_examples=200, deadline=None)
@given(_FILLS, st.randoms(use_true_random=False), st.integers(0, 9000), st.booleans())
def test_that_any_order_of_the_same_words_gives_the_same_standing(fills, random, now, cancelled) -> None:  # type: ignore[no-untyped-def]
    expected = stands(*fills, now=now, cancelled=cancelled)
    again = fills + random.choices(fills, k=3) if fills else []
    random.shuffle(again)
    assert stands(*again, now=now, cancelled=cancelled) == expected
    assert 0 <= expected.delivered + expected.on_way <= expected.promised
    assert expected.missing == 0 or expected.over == 0
    assert (expected.state == "cancelled") == cancelled
    assert not (expected.overdue and expected.delivered >= expected.wanted)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("r1", "r2", "r3")),
            st.sampled_from(("offer", "more", "way", "deliver", "withdraw")),
            st.integers(1, 9),
            st.sampled_from(("liaison", "commander")),
        ),
        max_size=25,
    )
)
def test_that_an_agency_never_promises_more_of_a_resource_than_it_has(acts) -> None:  # type: ignore[no-untyped-def]
    board = engines(8, 8)
    said: dict[str, Fill] = {}
    for second, (request, act, quantity, role) in enumerate(acts, 1):
        now: datetime = r.at(second)
        lent = board if said.get(request) is not None and said[request].resource else None
        desk = Giver(
            Operator(GASTON, role, "L"),
            r.report(ASKER, asked(id=request)),
            now,
            said.get(request),
            lent,
            tuple((GASTON, one) for one in said.values()),
        )
        decided = {
            "offer": lambda desk=desk, n=quantity, board=board: desk.offer(n, board),
            "more": lambda desk=desk, n=quantity, board=board: desk.offer(n, board),
            "way": lambda desk=desk: desk.en_route(60),
            "deliver": lambda desk=desk: desk.delivered(),
            "withdraw": lambda desk=desk: desk.withdraw("no"),
        }[act]()
        if isinstance(decided, Refusal):
            continue
        for body in decided.bodies:
            if isinstance(body, Fill):
                said[body.id] = body
            else:
                board = r.report(GASTON, body)
        given_now = sum(
            one.quantity if one.state in {"offered", "en_route", "delivered"} else one.delivered
            for one in said.values()
        )
        assert given_now <= 8
        assert 0 <= resource_of(board).available <= 8
