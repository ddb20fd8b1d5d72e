"""Who is in command: hand-over, unified command, claims against each other, and that every desk reads the same."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.domain.command import HandOver, IncidentCommand, command_id
from cop.domain.desk import Command, Operator, Refusal
from cop.domain.rules import commanding
from cop.domain.rules.command import Standing, Void, Word, commanders, in_command, newest_words, took_over
from cop.domain.rules.commanding import Here
from cop.domain.task import Task
from tests import reports as r

CITY, COUNTY, STATE = "city-fd", "county-fd", "state-hp"
HERE = (CITY, "rail-1")
THERE = (COUNTY, "mva-9")


class Incident:
    """What was said about one incident, and desks that say more; each knows all, unless told otherwise."""

    def __init__(self) -> None:
        self.said: list[Word] = []
        self.second = 0

    def at(self) -> datetime:
        self.second += 10
        return r.at(self.second)

    def here(self, agency: str, knows: list[Word] | None = None, incident: tuple[str, str] = HERE) -> Here:
        operator = Operator(agency, "commander", f"Chief of {agency}")
        return Here(operator, incident, self.said if knows is None else knows, self.at())

    def say(self, agency: str, decided: Command | Refusal) -> None:
        assert isinstance(decided, Command), decided
        self.said += [(agency, body) for body in decided.bodies if isinstance(body, IncidentCommand)]

    def take(self, agency: str, **words: str) -> None:
        self.say(agency, commanding.take(self.here(agency), **words))

    def offer(self, agency: str, to: str) -> None:
        self.say(agency, commanding.offer(self.here(agency), to=to, reason="Our crew is spent"))

    def accept(self, agency: str, knows: list[Word] | None = None) -> None:
        here = self.here(agency, knows)
        offer = here.standing.offer_to(agency)
        assert offer is not None
        self.say(agency, commanding.accept(here, seen=offer))

    def unify(self, agency: str, *others: str) -> None:
        self.say(agency, commanding.unify(self.here(agency), others=others))

    @property
    def standing(self) -> Standing:
        return commanders(self.said)


def word(agency: str, rev: int, **fields: object) -> Word:
    head = {"id": command_id(*HERE), "at": r.at(rev), "incident_agency": HERE[0], "incident": HERE[1]}
    return agency, IncidentCommand(rev=rev, **{**head, **fields})  # type: ignore[arg-type]


def test_that_nobody_is_in_command_before_anybody_says_so() -> None:
    assert commanders([]) == Standing()
    assert commanders([word(CITY, 1)]).state == "nobody"


def test_that_the_giver_commands_until_the_other_has_accepted() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.offer(CITY, COUNTY)
    assert (rail.standing.state, rail.standing.agencies) == ("handing_over", (CITY,))
    offer = rail.standing.offer_to(COUNTY)
    assert offer is not None and offer.reason == "Our crew is spent"
    rail.accept(COUNTY)
    assert (rail.standing.state, rail.standing.agencies) == ("one", (COUNTY,))
    assert rail.standing.commanders[0].name == "Chief of county-fd"


def test_that_an_offer_that_was_declined_leaves_the_giver_in_command_and_says_why() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.offer(CITY, COUNTY)
    here = rail.here(COUNTY)
    offer = here.standing.offer_to(COUNTY)
    assert offer is not None
    assert isinstance(commanding.decline(here, seen=offer, reason=" "), Refusal)
    rail.say(COUNTY, commanding.decline(here, seen=offer, reason="We have no chief there"))
    assert (rail.standing.state, rail.standing.agencies, rail.standing.offers) == ("one", (CITY,), ())
    assert [one.reason for one in rail.standing.declined] == ["We have no chief there"]
    rail.offer(CITY, STATE)  # and may look elsewhere
    assert rail.standing.offer_to(STATE) is not None


def test_that_an_offer_accepted_after_it_was_withdrawn_does_not_count() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.offer(CITY, COUNTY)
    before = list(rail.said)
    rail.say(CITY, commanding.withdraw(rail.here(CITY)))
    rail.accept(COUNTY, knows=before)
    assert (rail.standing.state, rail.standing.agencies) == ("one", (CITY,))
    assert rail.standing.voids == (Void(COUNTY, CITY, "withdrawn"),)
    assert not took_over(COUNTY, CITY, rail.said, r.at(0))


def test_that_an_offer_that_was_accepted_cannot_be_withdrawn_any_more() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.offer(CITY, COUNTY)
    rail.accept(COUNTY)
    assert isinstance(commanding.withdraw(rail.here(CITY)), Refusal)
    assert isinstance(commanding.offer(rail.here(CITY), to=STATE), Refusal)


def test_that_an_old_acceptance_sent_again_does_nothing() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.offer(CITY, COUNTY)
    rail.accept(COUNTY)
    agency, accepted = rail.said[-1]
    rail.offer(COUNTY, CITY)
    rail.accept(CITY)
    assert rail.standing.agencies == (CITY,)
    assert commanders([*rail.said, (agency, accepted)]) == rail.standing
    early = word(STATE, 50, holds=True, since=r.at(5), taken_from=CITY, taken_rev=99)
    assert commanders([*rail.said, early]).agencies == (CITY,)
    forged = word(STATE, 50, holds=True, since=r.at(500), taken_from=CITY, taken_rev=2)
    assert commanders([*rail.said, forged]).agencies == (CITY,)


def test_that_an_acceptance_of_an_offer_that_has_not_come_yet_waits_for_it() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.offer(CITY, COUNTY)
    rail.accept(COUNTY)
    first, offer, accepted = rail.said
    assert commanders([first, accepted]).agencies == (CITY,)
    assert commanders([first, accepted]).voids == (Void(COUNTY, CITY, "unseen"),)
    assert commanders([accepted, offer, first]).agencies == (COUNTY,)


def test_that_who_took_over_from_a_giver_that_vanished_is_in_command() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.offer(CITY, COUNTY)
    rail.accept(COUNTY)
    left = [one for one in rail.said if one[0] != CITY]
    assert commanders(left).agencies == (COUNTY,)
    assert not took_over(
        COUNTY, CITY, left, r.at(0)
    )  # but nothing that is the giver's goes with a hand-over nobody can check
    _, offer = rail.said[1]
    rail.said.append((CITY, IncidentCommand(**{**_fields(offer), "rev": 9, "deleted": True})))
    assert rail.standing.agencies == (COUNTY,)


def test_that_command_that_went_on_to_a_third_does_not_come_back() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.offer(CITY, COUNTY)
    rail.accept(COUNTY)
    rail.offer(COUNTY, STATE)
    rail.accept(STATE)
    assert rail.standing.agencies == (STATE,)
    rail.say(STATE, commanding.relinquish(rail.here(STATE), "It is over"))
    assert rail.standing.state == "nobody"
    for giver, taker in ((CITY, COUNTY), (COUNTY, STATE), (CITY, STATE)):
        assert took_over(taker, giver, rail.said, r.at(0))
    assert not took_over(CITY, STATE, rail.said, r.at(0))


def test_that_what_was_taken_over_once_stays_so_when_command_comes_and_goes() -> None:
    rail = Incident()
    rail.take(CITY)
    for giver, taker in ((CITY, COUNTY), (COUNTY, CITY), (CITY, STATE), (STATE, COUNTY), (COUNTY, STATE)):
        rail.offer(giver, taker)
        rail.accept(taker)
        assert rail.standing.agencies == (taker,)
        assert took_over(COUNTY, CITY, rail.said, r.at(0))


def test_that_what_is_asked_after_command_came_back_is_not_taken_by_who_had_it_before() -> None:
    rail = Incident()
    rail.take(CITY)
    first = r.at(rail.second)
    for giver, taker in ((CITY, COUNTY), (COUNTY, CITY)):
        rail.offer(giver, taker)
        rail.accept(taker)
    again = r.at(rail.second)
    assert took_over(COUNTY, CITY, rail.said, first)
    assert not took_over(COUNTY, CITY, rail.said, again)
    rail.offer(CITY, COUNTY)
    assert not took_over(COUNTY, CITY, rail.said, again)
    rail.accept(COUNTY)
    assert took_over(COUNTY, CITY, rail.said, again)


def test_that_who_takes_command_again_after_handing_it_over_is_in_conflict_and_ousts_nobody() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.offer(CITY, COUNTY)
    rail.accept(COUNTY)
    assert isinstance(commanding.take(rail.here(CITY)), Refusal)  # not without a reason
    rail.take(CITY, reason="They left the scene")
    assert rail.standing.state == "contested"
    assert rail.standing.sides == ((COUNTY,), (CITY,))
    bare = word(CITY, 9, holds=True, since=r.at(500))  # and of one that does not say what it gave
    assert set(commanders([*rail.said, bare]).agencies) == {CITY, COUNTY}


def test_that_two_who_take_command_in_the_same_second_are_a_conflict_until_one_yields() -> None:
    rail = Incident()
    rail.say(CITY, commanding.take(rail.here(CITY, knows=[])))
    rail.say(COUNTY, commanding.take(rail.here(COUNTY, knows=[])))
    assert rail.standing.state == "contested"
    rail.say(COUNTY, commanding.relinquish(rail.here(COUNTY), "City was first"))
    assert (rail.standing.state, rail.standing.agencies) == ("one", (CITY,))


def test_that_two_who_accept_each_others_offer_at_once_leave_somebody_in_command() -> None:
    rail = Incident()
    rail.say(CITY, commanding.take(rail.here(CITY, knows=[])))
    rail.say(COUNTY, commanding.take(rail.here(COUNTY, knows=[])))
    both = list(rail.said)
    rail.say(CITY, commanding.offer(rail.here(CITY, knows=both), to=COUNTY))
    rail.say(COUNTY, commanding.offer(rail.here(COUNTY, knows=both), to=CITY))
    crossed = list(rail.said)
    rail.accept(CITY, knows=crossed)
    rail.accept(COUNTY, knows=crossed)
    assert rail.standing.agencies


def test_that_two_who_forge_each_others_acceptance_are_both_shown() -> None:
    said = [
        word(CITY, 2, holds=True, offered_to=COUNTY, taken_from=COUNTY, taken_rev=2),
        word(COUNTY, 2, holds=True, offered_to=CITY, taken_from=CITY, taken_rev=2),
    ]
    assert commanders(said).state == "contested"


def test_that_command_is_unified_once_each_has_named_the_other() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.unify(CITY, COUNTY)
    assert (rail.standing.state, rail.standing.agencies) == ("one", (CITY,))
    assert [(one.agency, one.other, one.joins) for one in rail.standing.proposals] == [(CITY, COUNTY, False)]
    rail.unify(COUNTY, CITY)
    assert (rail.standing.state, rail.standing.sides) == ("unified", ((CITY, COUNTY),))
    assert [one.name for one in rail.standing.commanders] == ["Chief of city-fd", "Chief of county-fd"]
    assert rail.standing.proposals == ()


def test_that_who_asks_to_join_claims_nothing_before_the_yes() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.unify(COUNTY, CITY)
    assert (rail.standing.state, rail.standing.agencies) == ("one", (CITY,))
    assert [(one.agency, one.joins) for one in rail.standing.proposals] == [(COUNTY, True)]
    rail.unify(CITY, COUNTY)
    assert rail.standing.state == "unified"


def test_that_a_third_is_in_unified_command_once_all_have_named_it() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.unify(CITY, COUNTY)
    rail.unify(COUNTY, CITY)
    rail.unify(CITY, STATE)
    rail.unify(STATE, CITY)
    assert (rail.standing.state, rail.standing.agencies) == ("unified", (CITY, COUNTY))
    rail.unify(COUNTY, STATE)
    assert rail.standing.sides == ((CITY, COUNTY, STATE),)


def test_that_who_takes_over_in_a_unified_command_stands_in_the_givers_place() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.unify(CITY, COUNTY)
    rail.unify(COUNTY, CITY)
    rail.offer(CITY, STATE)
    rail.accept(STATE)
    assert (rail.standing.state, rail.standing.agencies) == ("unified", (COUNTY, STATE))
    rail.offer(COUNTY, STATE)
    rail.accept(STATE)
    assert (rail.standing.state, rail.standing.agencies) == ("one", (STATE,))


def test_that_a_member_that_accepts_a_withdrawn_offer_stays_in_command_itself() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.unify(CITY, COUNTY)
    rail.unify(COUNTY, CITY)
    rail.offer(CITY, COUNTY)
    before = list(rail.said)
    rail.say(CITY, commanding.withdraw(rail.here(CITY)))
    rail.accept(COUNTY, knows=before)
    assert set(rail.standing.agencies) == {CITY, COUNTY}


def test_that_who_leaves_a_unified_command_leaves_the_others_and_is_not_asked_again() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.unify(CITY, COUNTY)
    rail.unify(COUNTY, CITY)
    rail.say(CITY, commanding.relinquish(rail.here(CITY), "Our part is done"))
    assert (rail.standing.state, rail.standing.agencies) == ("one", (COUNTY,))
    assert rail.standing.proposals == ()


def test_that_a_proposal_to_command_together_can_be_declined() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.unify(COUNTY, CITY)
    rail.say(CITY, commanding.decline_unified(rail.here(CITY), other=COUNTY, reason="Not needed"))
    assert (rail.standing.state, rail.standing.proposals) == ("one", ())
    assert isinstance(commanding.decline_unified(rail.here(CITY), other=COUNTY), Refusal)


def test_that_incidents_merged_into_one_with_a_commander_each_are_a_conflict_that_a_hand_over_settles() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.say(COUNTY, commanding.take(rail.here(COUNTY, knows=[], incident=THERE)))
    assert rail.standing.state == "contested"
    rail.say(COUNTY, commanding.offer(rail.here(COUNTY), to=CITY))
    rail.accept(CITY)
    assert (rail.standing.state, rail.standing.agencies) == ("one", (CITY,))


def test_that_command_of_merged_incidents_is_given_up_under_each_name() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.say(CITY, commanding.take(rail.here(CITY, knows=[], incident=THERE)))
    assert rail.standing.state == "one"
    decided = commanding.relinquish(rail.here(CITY), "Over")
    assert isinstance(decided, Command) and len(decided.bodies) == 2
    rail.say(CITY, decided)
    assert rail.standing.state == "nobody"


@pytest.mark.parametrize("role", ["dispatcher", "liaison", "system"])
def test_that_only_an_incident_commander_takes_or_gives_command(role: str) -> None:
    rail = Incident()
    rail.take(CITY)
    rail.offer(CITY, COUNTY)
    here = Here(Operator(COUNTY, role, "B"), HERE, rail.said, rail.at())
    offer = here.standing.offer_to(COUNTY)
    assert offer is not None
    for decided in (
        commanding.take(here),
        commanding.offer(here, to=STATE),
        commanding.withdraw(here),
        commanding.accept(here, seen=offer),
        commanding.decline(here, seen=offer, reason="no"),
        commanding.relinquish(here, "no"),
        commanding.unify(here, others=[CITY]),
        commanding.name_commander(here, "X"),
        commanding.decline_unified(here, other=CITY),
    ):
        assert isinstance(decided, Refusal) and "incident commander" in decided.reason


def test_that_somebody_is_named_and_an_offer_that_changed_is_looked_at_again() -> None:
    rail = Incident()
    nobody = Here(Operator(CITY, "commander"), HERE, [], rail.at())
    assert isinstance(commanding.take(nobody), Refusal)
    rail.take(CITY)
    rail.offer(CITY, COUNTY)
    seen = rail.standing.offer_to(COUNTY)
    assert seen is not None
    rail.say(CITY, commanding.withdraw(rail.here(CITY)))
    assert isinstance(commanding.accept(rail.here(COUNTY), seen=seen), Refusal)
    rail.offer(CITY, COUNTY)
    assert isinstance(commanding.accept(rail.here(COUNTY), seen=seen), Refusal)


def test_that_the_givers_tasks_go_with_command_without_the_givers_consents() -> None:
    task = Task(
        id="t1",
        at=r.at(0),
        rev=4,
        objective="Decon",
        assignee_agency=STATE,
        unit="u1",
        agreement="mou",
        clause="3.1",
        asked_at=r.at(0),
        answer_by=r.at(300),
    )
    ids = iter(("n1", "n2"))
    (ours,) = commanding.adopted(Operator(COUNTY, "commander", "B"), [(CITY, task)], r.at(60), lambda: next(ids))
    assert (ours.id, ours.replaces, ours.unit, ours.rev) == ("n1", "city-fd/t1", "u1", 1)
    assert (ours.agreement, ours.clause, ours.answer_by) == ("", "", r.at(360))


# any interleaving

_ACTS = st.lists(
    st.tuples(
        st.sampled_from((CITY, COUNTY, STATE)),
        st.sampled_from(("take", "offer", "accept", "decline", "withdraw", "relinquish", "unify", "no", "name")),
        st.sampled_from((CITY, COUNTY, STATE)),
        st.sampled_from((HERE, THERE)),
        st.floats(0, 1),
    ),
    max_size=18,
)


def _act(rail: Incident, agency: str, act: str, other: str, incident: tuple[str, str], knows: list[Word]) -> None:
    here = rail.here(agency, knows, incident)
    offer = here.standing.offer_to(agency)
    decided: Command | Refusal | None = None
    if act == "take":
        decided = commanding.take(here, reason="we must")
    elif act == "offer":
        decided = commanding.offer(here, to=other)
    elif act == "accept" and offer is not None:
        decided = commanding.accept(here, seen=offer)
    elif act == "decline" and offer is not None:
        decided = commanding.decline(here, seen=offer, reason="no")
    elif act == "withdraw":
        decided = commanding.withdraw(here)
    elif act == "relinquish":
        decided = commanding.relinquish(here, "enough")
    elif act == "unify":
        decided = commanding.unify(here, others=[other])
    elif act == "no":
        decided = commanding.decline_unified(here, other=other)
    elif act == "name":
        decided = commanding.name_commander(here, "C. Moss")
    if isinstance(decided, Command):
        rail.say(agency, decided)


@settings(max_examples=250, deadline=None)
@given(_ACTS, st.randoms(use_true_random=False))
def test_that_any_order_and_any_copies_of_the_same_words_give_every_desk_the_same_commander(acts, random) -> None:  # type: ignore[no-untyped-def]
    rail = Incident()
    for agency, act, other, incident, share in acts:
        own = [one for one in rail.said if one[0] == agency]
        heard = [one for one in rail.said if random.random() < share]  # the rest is still on its way
        _act(rail, agency, act, other, incident, own + heard)
    said = list(rail.said)
    expected = commanders(said)
    again = said + random.choices(said, k=len(said)) if said else []
    random.shuffle(again)
    assert commanders(again) == expected
    newest = [(agency, one) for (agency, _), one in newest_words(said).items()]
    random.shuffle(newest)
    assert commanders(newest) == expected
    holders = {agency for agency, one in newest if one.holds}
    assert bool(expected.agencies) <= bool(newest)
    assert set(expected.agencies) <= holders | {agency for agency, one in newest if one.with_agencies}
    if holders and not expected.agencies:  # every claim went on to somebody who gave it up
        assert all(any(took_over(taker, one, said, r.at(0)) for taker in (CITY, COUNTY, STATE)) for one in holders)
    assert (expected.state == "contested") == (len(expected.sides) > 1)
    assert sorted(one for side in expected.sides for one in side) == sorted(expected.agencies)
    assert all(in_command(one, said) for one in expected.agencies)


@settings(max_examples=150, deadline=None)
@given(_ACTS)
def test_that_desks_that_know_all_and_take_nothing_from_others_are_never_in_conflict(acts) -> None:  # type: ignore[no-untyped-def]
    rail = Incident()
    taken: set[tuple[str, str]] = set()
    for agency, act, other, _, _ in acts:
        before = rail.standing
        if act == "take" and before.agencies:
            continue
        _act(rail, agency, act, other, HERE, rail.said)
        after = rail.standing
        assert after.state != "contested"
        assert not after.voids
        if act == "accept" and after.agencies != before.agencies:
            offer = before.offer_to(agency)
            assert offer is not None
            taken.add((offer.giver, agency))
        for giver, taker in taken:  # once, and for good
            assert took_over(taker, giver, rail.said, r.at(0))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from((CITY, COUNTY, STATE)),
            st.integers(0, 4),
            st.booleans(),
            st.sampled_from(("", CITY, COUNTY, STATE)),
            st.sampled_from(("", CITY, COUNTY, STATE)),
            st.integers(0, 4),
            st.sampled_from(((), (CITY,), (COUNTY, STATE), (CITY, COUNTY, STATE))),
        ),
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_that_words_of_any_kind_are_read_the_same_in_any_order(words, random) -> None:  # type: ignore[no-untyped-def]
    said = [
        word(agency, rev, holds=holds, offered_to=to, taken_from=by, taken_rev=taken, with_agencies=beside)
        for agency, rev, holds, to, by, taken, beside in words
    ]
    expected = commanders(said)
    random.shuffle(said)
    assert commanders(said) == expected
    for giver in (CITY, COUNTY, STATE):  # nobody takes over from who never offered
        offered = any(agency == giver and one.offered_to for agency, one in said)
        for taker in (CITY, COUNTY, STATE):
            assert offered or not took_over(taker, giver, said, r.at(0))


def _fields(one: IncidentCommand) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__struct_fields__}


def test_that_a_word_carries_what_it_gave_and_took() -> None:
    rail = Incident()
    rail.take(CITY)
    rail.offer(CITY, COUNTY)
    rail.accept(COUNTY)
    rail.offer(COUNTY, CITY)
    rail.accept(CITY)
    newest = newest_words(rail.said)
    assert newest[CITY, HERE].gave == (HandOver(agency=COUNTY, rev=2),)
    rail.offer(CITY, COUNTY)
    rail.accept(COUNTY)
    assert HandOver(agency=CITY, rev=2) in newest_words(rail.said)[COUNTY, HERE].took
