"""What leaves is no more than its reader may have: one sieve before every product."""

from datetime import date, time, timedelta
from typing import Any

import msgspec
import pytest
import shapely

from cop.briefing.leaving import Leaving, leaving
from cop.briefing.reader import check_reader, readers
from cop.domain.agreement import Agreement, Agreements, ShareClause, Term, Times
from cop.domain.batch import Batch
from cop.domain.details import IncidentDetails, details_id
from cop.domain.log import LogEntry
from cop.domain.report import Retraction
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from tests import reports as r

OWNER, OURS, OTHER = "gastonia-pd", "charlotte-fire", "york-sheriff"
PLACE = (35.24123, -80.95123)


def _picture(*clauses: Term, incomplete: bool = False) -> Picture:
    picture = Picture(agreements=Agreements(clauses, incomplete=incomplete))
    picture.apply(
        Batch(
            epoch=1,
            reports=[
                r.report(OWNER, r.unit("p1", kind="patrol")),
                r.report(OWNER, r.incident("i1", lat=35.2, lon=-80.9)),
                r.report(OWNER, IncidentDetails(id="i1", at=r.at(0), to=OURS, medical="Two burns", personal="J. Doe")),
                r.report(OURS, LogEntry(id="l1", at=r.at(0), text="to all")),
                r.report(OURS, LogEntry(id="l2", at=r.at(0), text="to one", to=(OTHER,))),
                r.report(OURS, r.task("t1", incident="i1", incident_agency=OWNER, draft=True)),
            ],
        )
    )
    for second in range(3):
        picture.apply(r.positions_batch((OWNER, "p1", PLACE[0], PLACE[1] + second / 100, 60.0 * second)))
    return picture


def _share(ground: shapely.Geometry | None = None, **fields: Any) -> Term:
    clause = ShareClause(number="5", says="As written.", giver=OWNER, **{"to": ("*",), **fields})
    parties = (OWNER, OURS, OTHER)
    paper = Agreement(id="mou", title="MOU", parties=parties, in_force_from=date(2020, 1, 1), clauses=(clause,))
    return Term(paper, clause, ground)


def _places(leaves: Leaving) -> list[tuple[float, float]]:
    tracks = leaves.picture.tracks
    return [(float(lat), float(lon)) for lat, lon in zip(tracks.lat, tracks.lon, strict=True) if lat == lat]


def _leave(picture: Picture, reader: str = "", seconds: float = 130.0) -> Leaving:
    return leaving(picture, r.at(seconds), reader=reader, own=OURS)


def test_that_without_a_clause_places_leave_as_they_are_and_details_do_not() -> None:
    leaves = _leave(_picture())
    assert _places(leaves) == [(PLACE[0], PLACE[1] + 0.02)]
    assert not leaves.picture.details
    assert not leaves.applied
    assert len(leaves.trail((OWNER, "p1")).at) == 3


def test_that_our_own_people_get_all_that_the_desk_knows() -> None:
    leaves = _leave(_picture(_share(positions="none")), OURS)
    assert leaves.whole
    assert len(leaves.picture.details) == 1
    assert len(leaves.picture.log) == 2
    assert len(_places(leaves)) == 1


def test_that_a_hidden_unit_leaves_without_place_and_trail_and_its_clause_is_named() -> None:
    leaves = _leave(_picture(_share(positions="none")))
    assert not _places(leaves)
    assert (OWNER, "p1") in leaves.picture.units
    assert not len(leaves.trail((OWNER, "p1")).at)
    [applied] = leaves.applied
    assert (applied.giver, applied.words, applied.what, applied.count) == (OWNER, "MOU §5", "positions not shown", 1)


def test_that_a_rounded_place_is_the_same_wherever_in_its_square_the_unit_is() -> None:
    leaves = _leave(_picture(_share(positions="rounded")))
    [(lat, lon)] = _places(leaves)
    assert (lat, lon) != (PLACE[0], PLACE[1] + 0.02)
    assert abs(lat - PLACE[0]) < 0.01
    assert not len(leaves.trail((OWNER, "p1")).at)


def test_that_what_is_shown_late_does_not_leave_while_it_is_younger() -> None:
    picture = _picture(_share(positions="delayed", delay_min=10))
    assert not _places(_leave(picture))
    assert _places(_leave(picture, seconds=3600.0))


def test_that_a_trail_leaves_out_the_ground_on_which_units_are_hidden() -> None:
    station = shapely.box(PLACE[1] - 0.001, PLACE[0] - 0.01, PLACE[1] + 0.001, PLACE[0] + 0.01)
    leaves = _leave(_picture(_share(station, positions="none")))
    trail = leaves.trail((OWNER, "p1"))
    assert len(trail.at) == 2
    assert not trail.joined[0]  # nobody is told that it came from there
    assert len(_places(leaves)) == 1


def test_that_a_place_said_while_it_was_hidden_does_not_leave_when_the_hour_is_over() -> None:
    said = r.at(120.0)
    hours = Times(begins=time(said.hour, said.minute), ends=(said + timedelta(minutes=1)).time())
    picture = _picture(_share(positions="none", times=hours))
    assert not _places(_leave(picture, seconds=3600.0))


def test_that_details_leave_only_to_whom_and_as_far_as_a_clause_says() -> None:
    picture = _picture(_share(positions="exact", details=("medical",), to=(OTHER,)))
    [report] = _leave(picture, OTHER).picture.details.values()
    assert isinstance(report.body, IncidentDetails)
    assert (report.body.medical, report.body.personal) == ("Two burns", "")
    assert not _leave(picture).picture.details
    assert not _leave(picture, "union-sheriff").picture.details
    assert details_id(OURS, "i1") == next(iter(picture.details))[1]


def test_that_drafts_and_lines_to_others_do_not_leave() -> None:
    picture = _picture()
    anyone, addressed = _leave(picture), _leave(picture, OTHER)
    assert not anyone.picture.tasks
    assert [line.body.id for line in anyone.picture.log] == ["l1"]
    assert len(addressed.picture.log) == 2


def test_that_nothing_with_a_place_leaves_while_an_agreement_cannot_be_applied() -> None:
    leaves = _leave(_picture(incomplete=True))
    assert not _places(leaves)
    assert not len(leaves.trail((OWNER, "p1")).at)
    assert leaves.applied


def test_that_what_left_stays_as_it_was_when_the_desk_goes_on() -> None:
    picture = _picture()
    leaves = _leave(picture)
    picture.apply(r.positions_batch((OWNER, "p1", 10.0, 10.0, 125.0)))
    assert _places(leaves) == [(PLACE[0], PLACE[1] + 0.02)]
    assert len(leaves.trail((OWNER, "p1")).at) == 3


def test_that_the_words_of_a_unit_leave_no_place_where_it_was_hidden_before() -> None:
    hidden_ground = shapely.box(PLACE[1] - 0.001, PLACE[0] - 0.001, PLACE[1] + 0.001, PLACE[0] + 0.001)
    for moved in (True, False):
        picture = Picture(agreements=Agreements([_share(hidden_ground, positions="none")]))
        said = msgspec.structs.replace(r.report(OWNER, r.unit("p1", kind="patrol")), losses={"raw": "35.24123"})
        picture.apply(Batch(epoch=1, reports=[said]))
        if moved:  # it is shown again where it is now, and where that is: nobody knows
            picture.apply(r.positions_batch((OWNER, "p1", PLACE[0] + 0.1, PLACE[1], 60.0)))
        [report] = _leave(picture).picture.units.values()
        assert not report.losses
        assert next(iter(_leave(picture, OWNER).picture.units.values())).losses


def test_that_details_of_an_incident_that_nobody_knows_leave_to_nobody_else() -> None:
    picture = _picture(_share(positions="exact", details=("medical",)), _share(types=("active_threat",)))
    assert _leave(picture, OTHER).picture.details  # of another type: the second clause does not speak of it
    picture.apply(Batch(epoch=2, reports=[r.report(OWNER, Retraction(id="i1", at=r.at(9), rev=9, kind="incident"))]))
    assert not picture.incidents
    assert picture.details
    assert not _leave(picture, OTHER).picture.details


def test_that_all_is_the_name_of_no_reader() -> None:
    picture = _picture()
    picture.apply(Batch(epoch=2, reports=[r.report(OURS, LogEntry(id="l3", at=r.at(0), text="x", to=("*",)))]))
    leaves = _leave(picture, "*")
    assert leaves.reader == ""
    assert [line.body.id for line in leaves.picture.log] == ["l1"]


def test_that_a_reader_is_one_who_is_known_here_by_its_own_spelling() -> None:
    known = readers(_picture(_share()), Agreements([_share(to=("union-sheriff",))]), Ground([]), OURS)
    assert known == {OWNER, OURS, OTHER, "gastonia-fd", "union-sheriff"}
    for reader in ("", OTHER):
        check_reader(reader, known)
    for wrong in ("*", "York-Sheriff", "york_sheriff", " york-sheriff", "Charlotte-Fire", "nobody-at-all", " "):
        with pytest.raises(ValueError, match="no agency of that name"):
            check_reader(wrong, known)
    with pytest.raises(ValueError, match="is it 'york-sheriff'"):
        check_reader("York Sheriff", known)
