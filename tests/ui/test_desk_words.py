"""What a desk says is said so that others take it."""

from cop.domain.batch import Batch
from cop.domain.report import Retraction
from cop.domain.task import Answer
from cop.ui.desk import Desk
from tests import reports as r
from tests.ui.conftest import MakeDesk


def test_that_an_answer_after_an_answer_taken_back_goes_on_counting(make_desk: MakeDesk) -> None:
    desk = make_desk("dispatcher", "gastonia-fd", filled=False)
    asked = r.report("charlotte-fire", r.task("t1"))
    said = r.report("gastonia-fd", r.answer("t1", "accepted", rev=7))
    gone = r.report("gastonia-fd", Retraction(id="t1", at=r.at(5), kind="answer"))
    desk.take_in(Batch(reports=[asked, said, gone]))
    assert desk.tasks.answer(asked, "accepted") is None
    answer = desk.picture.answer_to(asked)
    assert answer is not None
    assert isinstance(answer.body, Answer)
    assert answer.body.rev == 8


def test_that_what_no_desk_could_read_is_refused_with_the_reason(make_desk: MakeDesk) -> None:
    def refuse(_command: object) -> None:
        raise ValueError("Expected `str` of length <= 256")

    made = make_desk("dispatcher")
    desk = Desk(made.operator, made.picture, made.ground, refuse)
    refusal = desk.open_incident(r.incident("i1"))
    assert refusal is not None
    assert "length <= 256" in refusal.reason
    assert ("charlotte-fire", "i1") not in desk.picture.incidents
