"""The picture against the simplest thing that could be right: plain dicts."""

import itertools
import math

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cop.domain.batch import Batch
from cop.domain.report import Report, Retraction
from cop.domain.rules.newer import is_newer
from cop.picture.picture import Picture
from tests.reports import answer, at, incident, positions_batch, report, resource, task, unit

_AGENCIES = st.sampled_from(["charlotte-fire", "gastonia-fd", "nc-highway-patrol"])
_IDS = st.sampled_from(["a", "b", "c"])
_SECONDS = st.integers(0, 6).map(float)
_REVS = st.integers(0, 3)
_LATS = st.floats(-90, 90)
_LONS = st.floats(-180, 180)


class PictureAgainstDicts(RuleBasedStateMachine):
    """Late, repeated, out of order, deleted, retracted, feed process restarted: both must agree."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = Picture()
        self.epochs = itertools.count(1)
        self.places: dict[tuple[str, str], tuple[float, float, float]] = {}
        self.objects: dict[tuple[str, tuple[str, str]], Report] = {}
        self.retracted_units: dict[tuple[str, str], float] = {}

    @rule(claims=st.lists(st.tuples(_AGENCIES, _IDS, _LATS, _LONS, _SECONDS), min_size=1, max_size=6))
    def positions_arrive(self, claims: list[tuple[str, str, float, float, float]]) -> None:
        change = self.picture.apply(positions_batch(*claims, epoch=next(self.epochs)))
        moved = set()
        newest: dict[tuple[str, str], tuple[float, float, float]] = {}
        for agency, unit_id, lat, lon, seconds in claims:
            key = (agency, unit_id)
            if key not in newest or seconds > newest[key][2]:
                newest[key] = (lat, lon, seconds)
        for key, place in newest.items():
            if place[2] <= self.retracted_units.get(key, -1.0):
                continue
            if key not in self.places or place[2] > self.places[key][2]:
                self.places[key] = place
                moved.add(key)
        assert {self.picture.tracks.keys[row] for row in change.moved} == moved

    @rule(
        kind=st.sampled_from(["unit", "incident", "resource", "task"]),
        agency=_AGENCIES,
        object_id=_IDS,
        rev=_REVS,
        seconds=_SECONDS,
        by=st.sampled_from(["ann", "bob"]),
        deleted=st.booleans(),
    )
    def an_object_arrives(
        self, kind: str, agency: str, object_id: str, rev: int, seconds: float, by: str, deleted: bool
    ) -> None:
        make = {"unit": unit, "incident": incident, "resource": resource, "task": task}[kind]
        said = report(agency, make(object_id, rev=rev, seconds=seconds, by=by, deleted=deleted))
        change = self.picture.apply(Batch(epoch=self.picture.epoch, reports=[said]))
        known = self.objects.get((kind, said.key))
        if known is None or is_newer(said.body, known.body):
            self.objects[kind, said.key] = said
            if kind == "unit":
                if deleted:
                    _, _, placed = self.places.pop(said.key, (0.0, 0.0, -1.0))
                    known_until = self.retracted_units.get(said.key, -1.0)
                    self.retracted_units[said.key] = max(seconds, placed, known_until)
                else:
                    self.retracted_units.pop(said.key, None)
            assert said.key in getattr(change, kind + "s")
        else:
            change.refusals = 0  # an old word of a task sent again is told
            assert not change

    @rule(agency=_AGENCIES, requester=_AGENCIES, rev=_REVS, state=st.sampled_from(["accepted", "declined"]))
    def an_answer_arrives(self, agency: str, requester: str, rev: int, state: str) -> None:
        said = report(agency, answer("a", state, rev=rev, requester=requester))
        self.picture.apply(Batch(epoch=self.picture.epoch, reports=[said]))
        key = ("answer", (agency, f"{requester}/a"))
        known = self.objects.get(key)
        if known is None or is_newer(said.body, known.body):
            self.objects[key] = said

    @invariant()
    def every_table_says_what_the_dicts_say(self) -> None:
        for kind, table in (
            ("unit", self.picture.units),
            ("incident", self.picture.incidents),
            ("resource", self.picture.resources),
            ("task", self.picture.tasks),
            ("answer", self.picture.answers),
        ):
            expected = {key: said for (of, key), said in self.objects.items() if of == kind and not said.body.deleted}
            assert table == expected

    @invariant()
    def every_track_stands_where_its_newest_report_says(self) -> None:
        tracks = self.picture.tracks
        for key, (lat, lon, seconds) in self.places.items():
            row = tracks.row_of(*key)
            assert row is not None
            assert (tracks.lat[row], tracks.lon[row], tracks.reported_at[row]) == (lat, lon, at(seconds).timestamp())
        for row, key in enumerate(tracks.keys):
            if key not in self.places:
                assert math.isnan(tracks.lat[row])


TestPictureAgainstDicts = PictureAgainstDicts.TestCase
TestPictureAgainstDicts.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)


def test_that_a_retraction_takes_the_object_away_and_an_older_word_does_not_bring_it_back() -> None:
    picture = Picture()
    said = report("charlotte-fire", incident("i1", rev=3, seconds=10))
    picture.apply(Batch(reports=[said]))
    gone = report("charlotte-fire", Retraction(id="i1", at=at(20), kind="incident"))
    change = picture.apply(Batch(reports=[gone]))
    assert picture.incidents == {}
    assert change.incidents == {("charlotte-fire", "i1")}
    picture.apply(Batch(reports=[said]))
    assert picture.incidents == {}
    picture.apply(Batch(reports=[report("charlotte-fire", incident("i1", rev=4, seconds=30))]))
    assert ("charlotte-fire", "i1") in picture.incidents
