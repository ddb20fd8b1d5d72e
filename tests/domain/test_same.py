"""Which reports of incidents are one: on whose word, in whatever order it came."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from cop.domain.incident import Link
from cop.domain.rules.same import Said, ends_of, leading_order, same_incidents, speaks_for
from tests.reports import at, incident

_AGENCIES = ("ash", "birch", "cedar")
_ENDS = st.builds("{}/{}".format, st.sampled_from(_AGENCIES), st.sampled_from(["1", "2"]))
_SAID = st.tuples(
    st.sampled_from(_AGENCIES),
    st.builds(
        lambda first, second, relation: Link(id="l", at=at(0), first=first, second=second, relation=relation),
        _ENDS,
        _ENDS,
        st.sampled_from(["same", "same", "same", "split", "related", "parent"]),
    ),
)


def said(agency: str, first: str, second: str, relation: str = "same") -> Said:
    return agency, Link(id="l", at=at(0), first=first, second=second, relation=relation)


def test_that_each_agency_may_say_that_its_incident_is_the_same_as_another() -> None:
    assert same_incidents([said("ash", "ash/1", "birch/1")]) == same_incidents([said("birch", "ash/1", "birch/1")])
    assert same_incidents([said("ash", "ash/1", "birch/1")])["birch", "1"] == {("ash", "1"), ("birch", "1")}


def test_that_a_third_party_joins_nothing() -> None:
    assert same_incidents([said("cedar", "ash/1", "birch/1")]) == {}
    assert same_incidents([said("cedar", "ash/1", "birch/1", "split"), said("ash", "ash/1", "birch/1")])


def test_that_what_is_the_same_as_the_same_is_the_same() -> None:
    groups = same_incidents([said("ash", "ash/1", "birch/1"), said("cedar", "birch/1", "cedar/1")])
    assert groups["ash", "1"] == groups["cedar", "1"] == {("ash", "1"), ("birch", "1"), ("cedar", "1")}


@pytest.mark.parametrize("relation", ["related", "parent", "split", "Same", ""])
def test_that_no_other_relation_joins(relation: str) -> None:
    assert same_incidents([said("ash", "ash/1", "birch/1", relation)]) == {}


def test_that_two_that_one_of_their_agencies_calls_split_are_not_joined_by_the_other() -> None:
    assert same_incidents([said("ash", "ash/1", "birch/1"), said("birch", "birch/1", "ash/1", "split")]) == {}


@pytest.mark.parametrize("end", ["", "ash", "ash/", "/1", "birch/1"])
def test_that_a_link_with_an_end_that_names_nothing_is_none(end: str) -> None:
    link = said("birch", end, "birch/1")[1]
    assert ends_of(link) is None
    assert not speaks_for("birch", link)
    assert same_incidents([("birch", link)]) == {}


@given(st.lists(_SAID, max_size=8), st.randoms(use_true_random=False))
def test_that_the_order_of_the_links_and_of_their_ends_changes_nothing(links: list[Said], chance: object) -> None:
    mixed = list(links)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    turned = [said(agency, link.second, link.first, link.relation) for agency, link in mixed]
    assert same_incidents(links) == same_incidents(mixed) == same_incidents(turned)


@given(st.lists(_SAID, max_size=8))
def test_that_every_group_is_the_same_for_all_its_members_and_holds_two_at_least(links: list[Said]) -> None:
    groups = same_incidents(links)
    for end, group in groups.items():
        assert end in group
        assert len(group) > 1
        assert all(groups[other] == group for other in group)


@given(st.lists(_SAID, max_size=8), _SAID)
def test_that_one_more_word_of_sameness_takes_nobody_out_of_a_group(links: list[Said], more: Said) -> None:
    more = said(more[0], more[1].first, more[1].second)
    before, after = same_incidents(links), same_incidents([*links, more])
    assert all(group <= after[end] for end, group in before.items())


def test_that_the_report_leads_that_is_not_over_then_the_most_urgent_then_the_first_opened() -> None:
    over = incident("a", status="closed", priority=1, opened_at=at(-900))
    urgent = incident("b", priority=1, opened_at=at(-10))
    early = incident("c", priority=2, opened_at=at(-800))
    late = incident("d", priority=2, opened_at=at(-700))
    ordered = sorted((over, urgent, early, late), key=lambda one: leading_order(("x", one.id), one))
    assert [one.id for one in ordered] == ["b", "c", "d", "a"]
