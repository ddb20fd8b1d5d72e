"""Incidents of the picture that are one: grouped as links come and go, whatever of it is known already."""

import msgspec

from cop.domain.batch import Batch
from cop.domain.incident import Incident, Link
from cop.domain.report import Report, Retraction
from cop.picture.picture import Picture
from cop.picture.sameness import links_with
from tests import reports as r

ASH, BIRCH, CEDAR = ("ash", "1"), ("birch", "1"), ("cedar", "1")


def link(agency: str, first: str, second: str, relation: str = "same", rev: int = 0) -> Report:
    body = Link(id=f"{first}~{second}".replace("/", "-"), at=r.at(rev), first=first, second=second, relation=relation)
    return r.report(agency, msgspec.structs.replace(body, rev=rev))


def picture_of(*reports: Report) -> Picture:
    picture = Picture()
    picture.apply(Batch(reports=list(reports)))
    return picture


def ash(**fields: object) -> Report:
    return r.report("ash", r.incident("1", **{"priority": 3, **fields}))


def birch(**fields: object) -> Report:
    return r.report("birch", r.incident("1", **{"priority": 2, **fields}))


def test_that_the_most_urgent_report_speaks_for_the_incident() -> None:
    picture = picture_of(ash(), birch(), link("ash", "ash/1", "birch/1"))
    assert picture.same.of(ASH) == picture.same.of(BIRCH) == (BIRCH, ASH)
    assert list(picture.same.leads()) == [BIRCH]


def test_that_another_report_speaks_once_the_leading_one_is_over() -> None:
    picture = picture_of(ash(), birch(), link("ash", "ash/1", "birch/1"))
    picture.apply(Batch(reports=[birch(rev=2, status="closed")]))
    assert picture.same.lead(BIRCH) == ASH


def test_that_a_link_to_an_incident_that_is_not_known_yet_joins_it_when_it_comes() -> None:
    picture = picture_of(ash(), link("ash", "ash/1", "birch/1"))
    assert picture.same.of(ASH) == (ASH,)
    change = picture.apply(Batch(reports=[birch()]))
    assert picture.same.of(ASH) == (BIRCH, ASH)
    assert picture.same.touched(change) == {ASH, BIRCH}


def test_that_a_link_taken_back_or_changed_parts_them_again() -> None:
    picture = picture_of(ash(), birch(), link("ash", "ash/1", "birch/1"))
    gone = Retraction(id="ash-1~birch-1", at=r.at(5), kind="link")
    change = picture.apply(Batch(reports=[r.report("ash", gone)]))
    assert set(picture.same.leads()) == {ASH, BIRCH}
    assert picture.same.touched(change) == {ASH, BIRCH}
    picture.apply(Batch(reports=[link("ash", "ash/1", "birch/1", rev=6)]))
    assert picture.same.lead(ASH) == BIRCH
    picture.apply(Batch(reports=[link("ash", "ash/1", "birch/1", "related", rev=7)]))
    assert set(picture.same.leads()) == {ASH, BIRCH}


def test_that_a_chain_holds_though_its_middle_is_gone() -> None:
    cedar = r.report("cedar", r.incident("1", priority=1))
    picture = picture_of(ash(), birch(), cedar, link("ash", "ash/1", "birch/1"), link("cedar", "birch/1", "cedar/1"))
    assert picture.same.of(ASH) == (CEDAR, BIRCH, ASH)
    change = picture.apply(Batch(reports=[r.report("birch", Retraction(id="1", at=r.at(5), kind="incident"))]))
    assert picture.same.of(ASH) == (CEDAR, ASH)
    assert picture.same.touched(change) == {ASH, BIRCH, CEDAR}
    assert picture.same.of(BIRCH) == (BIRCH,)


def test_that_a_drill_is_never_the_same_as_what_is_live() -> None:
    drill = msgspec.structs.replace(birch(), exercise=True)
    word = link("ash", "ash/1", "birch/1")
    for spoken in (word, msgspec.structs.replace(word, exercise=True)):
        picture = picture_of(ash(), drill, spoken)
        assert set(picture.same.leads()) == {ASH, BIRCH}
    both = picture_of(ash(), birch(), msgspec.structs.replace(word, exercise=True))
    assert set(both.same.leads()) == {ASH, BIRCH}


def test_that_all_links_of_an_incident_are_found_whoever_says_them() -> None:
    picture = picture_of(
        ash(), link("cedar", "birch/1", "ash/1"), link("ash", "ash/1", "ash/2", "parent"), link("ash", "x/1", "y/1")
    )
    found = [(said.agency, other, first) for said, other, first in links_with(picture.links, ASH)]
    assert found == [("cedar", BIRCH, True), ("ash", ("ash", "2"), False)]


def test_that_every_incident_is_spoken_for_once() -> None:
    many = [r.report("ash", r.incident(str(one))) for one in range(6)]
    links = [link("ash", f"ash/{one}", f"ash/{one + 1}") for one in range(3)]
    picture = picture_of(*many, *links)
    assert len(list(picture.same.leads())) == 3
    assert all(isinstance(picture.incidents[key].body, Incident) for key in picture.same.leads())
