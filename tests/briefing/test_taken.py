"""What is put together elsewhere is the picture as it was when it was taken."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from cop.briefing.leaving import leaving
from cop.briefing.state import state
from cop.briefing.taken import Taken
from cop.domain.batch import Batch
from cop.picture.picture import Picture
from tests import reports as r
from tests.briefing.hostile import saying
from tests.map.scenes import NOON, busy_day

UNIT = ("charlotte-fire", "u1")


def test_that_a_picture_taken_is_the_same_and_stays_as_it_was() -> None:
    picture = Picture()
    busy_day(picture)
    picture.apply(r.positions_batch((*UNIT, 35.2, -80.9, 0), (*UNIT, 35.21, -80.9, 60), epoch=3))
    picture.tracks.doubt(np.array([0]), np.array([True]), np.array([False]))
    before = state(picture, NOON)
    taken = Taken(picture)
    picture.apply(Batch(epoch=4, reports=[r.report("a", r.unit("later", callsign="Later"))]))
    picture.apply(r.positions_batch((*UNIT, 36.0, -80.9, 120), epoch=5))
    with ThreadPoolExecutor(1) as elsewhere:
        anew = elsewhere.submit(taken.picture).result()
    assert state(anew, NOON) == before
    assert ("a", "later") not in anew.units
    assert anew.tracks.doubtful[anew.tracks.row_of(*picture.tracks.keys[0])]


def test_that_it_brings_the_trails_along() -> None:
    picture = saying("Engine 4")
    leaves = leaving(Taken(picture).picture(), r.at(600))
    known = picture.trails.of(UNIT, 0.0, r.at(600).timestamp())
    assert leaves.trail(UNIT).lat.tolist() == known.lat.tolist()
    assert len(known.lat) > 2
