"""Merging incidents and taking them apart: who may, and that it works whoever said what."""

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.domain.desk import Command, Operator, Refusal
from cop.domain.incident import Link
from cop.domain.rules.links import Linker, likeness
from cop.domain.rules.same import same_incidents
from tests import reports as r

A, B, C = ("city-fd", "i1"), ("county-fd", "i2"), ("state-hp", "i3")
_IDS = count()


class Said:
    """All links, the newest word of each."""

    def __init__(self) -> None:
        self.links: dict[tuple[str, str], Link] = {}

    def desk(self, agency: str, role: str = "dispatcher") -> Linker:
        said = [(whose, link) for (whose, _), link in sorted(self.links.items())]
        return Linker(Operator(agency, role, "D"), said, r.at(next(_IDS)), lambda: f"link-{next(_IDS)}")

    def say(self, agency: str, decided: Command | Refusal) -> None:
        assert isinstance(decided, Command), decided
        for link in decided.bodies:
            assert isinstance(link, Link)
            if link.deleted:
                del self.links[agency, link.id]
            else:
                self.links[agency, link.id] = link

    def groups(self) -> set[frozenset[tuple[str, str]]]:
        return set(same_incidents((whose, link) for (whose, _), link in self.links.items()).values())


def test_that_an_agency_merges_its_incident_with_anothers_and_takes_them_apart_again() -> None:
    said = Said()
    said.say(A[0], said.desk(A[0]).merge(A, B))
    assert said.groups() == {frozenset({A, B})}
    assert isinstance(said.desk(B[0]).merge(B, A), Refusal)  # they are one already
    said.say(A[0], said.desk(A[0]).unlink(A, B))
    assert said.groups() == set() and not said.links


def test_that_the_other_owner_parts_what_it_did_not_say() -> None:
    said = Said()
    said.say(A[0], said.desk(A[0]).merge(A, B))
    said.say(B[0], said.desk(B[0]).unlink(B, A))
    assert said.groups() == set()
    assert sorted(link.relation for link in said.links.values()) == ["same", "split"]
    decided = said.desk(A[0]).merge(A, B)
    assert isinstance(decided, Refusal) and B[0] in decided.reason
    said.say(B[0], said.desk(B[0]).merge(A, B))  # who parted them may think again
    assert said.groups() == {frozenset({A, B})}


def test_that_what_both_said_is_parted_by_one_of_them() -> None:
    said = Said()
    first, second = said.desk(A[0]).merge(A, B), said.desk(B[0]).merge(B, A)
    said.say(A[0], first)
    said.say(B[0], second)
    assert len(said.links) == 2
    said.say(A[0], said.desk(A[0]).unlink(A, B))
    assert said.groups() == set() and len(said.links) == 2


@pytest.mark.parametrize("act", ["merge", "relate"])
def test_that_a_third_party_links_nothing(act: str) -> None:
    said = Said()
    decided = getattr(said.desk(C[0]), act)(A, B)
    assert isinstance(decided, Refusal) and "Neither" in decided.reason
    said.say(A[0], said.desk(A[0]).merge(A, B))
    assert isinstance(said.desk(C[0]).unlink(A, B), Refusal)
    assert isinstance(said.desk(A[0], "liaison").merge(A, C), Refusal)
    assert isinstance(said.desk(A[0]).merge(A, A), Refusal)


def test_that_one_that_a_third_joins_leaves_the_group() -> None:
    said = Said()
    said.say(B[0], said.desk(B[0]).merge(A, B))
    said.say(B[0], said.desk(B[0]).merge(B, C))
    said.say(A[0], said.desk(A[0]).unlink(A, C))
    assert said.groups() == {frozenset({B, C})}


def test_that_related_incidents_stay_two_and_can_be_unlinked() -> None:
    said = Said()
    said.say(A[0], said.desk(A[0]).relate(A, B))
    assert said.groups() == set()
    assert isinstance(said.desk(A[0]).relate(B, A), Refusal)
    assert isinstance(said.desk(B[0]).unlink(A, B), Refusal)  # not what we said
    said.say(A[0], said.desk(A[0]).unlink(A, B))
    assert not said.links


def test_that_why_two_look_the_same_is_said_in_place_time_and_type() -> None:
    rail = r.incident("a", type="rail", lat=35.2425, lon=-80.953, opened_at=r.at(0))
    hazmat = r.incident("b", type="hazmat", lat=35.2430, lon=-80.953, opened_at=r.at(300))
    found = likeness(rail, hazmat)
    assert found.likely
    assert found.why == "60 m away, begun 5 min apart, rail accident and hazmat may be told of one event"
    assert not likeness(rail, r.incident("c", type="rail", lat=35.4, lon=-80.9, opened_at=r.at(0))).likely
    assert not likeness(rail, r.incident("d", type="rail", opened_at=r.at(0))).likely
    assert not likeness(rail, r.incident("e", type="rail", lat=35.2425, lon=-80.953, status="closed")).likely
    far = likeness(rail, r.incident("f", type="medical", lat=36.0, lon=-80.953, opened_at=r.at(-90_000)))
    assert "84.2 km away, begun 25 h apart" in far.why
    assert sorted([far.order, found.order])[0] == found.order


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from((A, B, C)), st.sampled_from(("merge", "unlink", "relate")), st.permutations((A, B, C))
        ),
        max_size=14,
    )
)
def test_that_an_act_that_was_taken_does_what_it_says_and_one_of_the_owners_can_always_part_them(acts) -> None:  # type: ignore[no-untyped-def]
    said = Said()
    for who, act, (first, second, _) in acts:
        desk = said.desk(who[0])
        before = said.groups()
        decided = getattr(desk, act)(first, second)
        if isinstance(decided, Refusal):
            continue
        said.say(who[0], decided)
        together = any({first, second} <= group for group in said.groups())
        if act == "merge":
            assert together
        elif act == "unlink":
            assert not together
        else:
            assert said.groups() == before
    for group in said.groups():
        first, second, *_ = sorted(group)
        took = [who for who in group if isinstance(said.desk(who[0]).unlink(first, second), Command)]
        assert took
