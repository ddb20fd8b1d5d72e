"""An old word of authority that is sent again is told; what comes twice, or comes back to its own desk, is not."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from cop.domain.batch import Batch
from cop.domain.report import Report, Source
from cop.picture.picture import Picture
from tests import reports as r


def _hear(picture: Picture, *said: Report) -> list[str]:
    picture.apply(Batch(epoch=1, reports=list(said)))
    return [word.reason for word in picture.refusals]


def test_that_an_old_task_sent_again_is_refused_and_says_what_stands() -> None:
    picture = Picture()
    old, new = r.task("t1", rev=1), r.task("t1", rev=2, cancelled=True)
    assert not _hear(picture, r.report("charlotte-fire", old), r.report("charlotte-fire", new))
    assert _hear(picture, r.report("charlotte-fire", old)) == ["an old word sent again (revision 1; 2 stands)"]
    assert picture.task_state(picture.tasks["charlotte-fire", "t1"]) == "cancelled"


def test_that_a_message_that_comes_twice_is_no_old_word() -> None:
    picture = Picture()
    said = r.report("charlotte-fire", r.task("t1"))
    assert not _hear(picture, said, said)


def test_that_our_own_words_coming_back_late_are_no_old_words() -> None:
    picture = Picture()
    source = Source(feed="this desk", format="cop-json")
    for rev in (1, 2, 3):
        ours = msgspec.structs.replace(r.report("charlotte-fire", r.task("t1", rev=rev)), source=source)
        assert not _hear(picture, ours)
    for rev in (1, 2, 3):
        assert not _hear(picture, r.report("charlotte-fire", r.task("t1", rev=rev)))
    assert _hear(picture, r.report("charlotte-fire", r.task("t1", rev=1)))


def test_that_an_answer_by_another_agency_than_the_asked_one_is_refused_and_changes_nothing() -> None:
    picture = Picture()
    _hear(picture, r.report("charlotte-fire", r.task("t1", assignee_agency="gastonia-fd")))
    reasons = _hear(picture, r.report("york-fd", r.answer("t1", "accepted")))
    assert reasons == ["it answers what was asked of gastonia-fd; only they answer"]
    assert picture.task_state(picture.tasks["charlotte-fire", "t1"]) == "requested"


@given(st.lists(st.integers(1, 6), max_size=20))
def test_that_the_state_is_the_newest_words_whatever_was_sent_again(revs: list[int]) -> None:
    picture = Picture()
    for rev in revs:
        _hear(picture, r.report("charlotte-fire", r.task("t1", rev=rev, objective=f"objective {rev}")))
    if revs:
        known = picture.tasks["charlotte-fire", "t1"].body
        assert known.rev == max(revs)
        late = sum(1 for at, rev in enumerate(revs) if rev < max(revs[: at + 1]))
        assert len(picture.refusals) == late


def test_that_what_an_old_word_was_sent_again_of_is_told_as_overtaken_on_the_broker() -> None:
    picture = Picture()
    _hear(picture, r.report("charlotte-fire", r.task("t1", rev=1)), r.report("charlotte-fire", r.task("t1", rev=2)))
    change = picture.apply(Batch(epoch=1, reports=[r.report("charlotte-fire", r.task("t1", rev=1))]))
    assert change.overtaken == {("task", "charlotte-fire", "t1")}
    stands = picture.stands("task", ("charlotte-fire", "t1"))
    assert stands is not None
    assert stands.body.rev == 2
