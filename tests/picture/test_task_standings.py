"""Where tasks stand: any order, any copies, any interleaving of the same words ends the same on every desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import hypothesis.strategies as st
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace as replaced

from cop.domain.agreement import Agreement, Agreements, AidClause, Term
from cop.domain.batch import Batch
from cop.domain.command import HandOver, IncidentCommand, command_id
from cop.domain.consent import Consent, Pause, consent_id
from cop.domain.desk import Command, Operator, Refusal
from cop.domain.report import Report, Retraction, kind_of
from cop.domain.rules import task_moves
from cop.domain.rules.newer import is_newer
from cop.domain.rules.task_state import CLOSED, NEXT_ANSWERS, Standing
from cop.domain.rules.tasking import Direct, Request
from cop.domain.statement import Statement
from cop.domain.task import Task
from cop.domain.words import ANSWER_STATES, TASK_OVER, TASK_STATES
from cop.picture.change import Key
from cop.picture.picture import Picture
from tests.reports import NOON, answer, at, incident, report, task, unit

CITY, COUNTY, GIVER, STRANGER = "charlotte-fire", "mecklenburg-ems", "gastonia-fd", "csx-rail"
FIRE = (CITY, "fire-1")
CLAUSE = AidClause(number="4.2", says="…", giver=GIVER, takers=(CITY,), kinds=("engine",), quantity=1, mode="direct")
PACT = Agreement(id="mou", title="Aid", parties=(GIVER, CITY, COUNTY), in_force_from=NOON.date(), clauses=(CLAUSE,))
TERM = Term(PACT, CLAUSE)
GROUND = [
    report(CITY, incident(FIRE[1], type="fire", lat=35.2, lon=-80.8)),
    report(GIVER, unit("e1", kind="engine")),
    report(GIVER, unit("e2", kind="engine")),
]


def picture_of(*batches: Sequence[Report]) -> Picture:
    """A desk's picture that was told of these, in this order."""
    picture = Picture(agreements=Agreements([TERM]))
    picture.apply(Batch(reports=GROUND))
    for batch in batches:
        picture.apply(Batch(reports=list(batch)))
    return picture


def where(picture: Picture, now: datetime | None = None) -> dict[Key, object]:
    """Where every task stands on a desk, and by whose word."""
    return {key: picture.standings.of(task, now) for key, task in picture.tasks.items()}


_TIMES = st.integers(0, 4)
_NAMED = ("t1", "t2", "t3")
_TASKS = st.sampled_from(_NAMED)
_ASKERS = st.sampled_from([CITY, CITY, COUNTY])
_NAMES = st.sampled_from(["ann", "bob"])
_GIVER = st.just(GIVER)


@st.composite
def _task_words(draw: st.DrawFn, askers: st.SearchStrategy[str] = _ASKERS) -> Report:
    moment = draw(_TIMES)
    body = task(
        draw(_TASKS),
        rev=draw(st.integers(1, 3)),
        seconds=moment,
        by=draw(_NAMES),
        assignee_agency=GIVER,
        unit=draw(st.sampled_from(["e1", "e2"])),
        unit_kind="engine",
        objective=draw(st.sampled_from(["Attack", "Attack", "Attack", "Vent"])),
        incident_agency=FIRE[0],
        incident=FIRE[1],
        asked_at=at(moment),
        answer_by=at(moment + 2),
        agreement="mou" if draw(st.booleans()) else "",
        clause="4.2",
        draft=draw(st.integers(0, 11)) == 11,
        cancelled=draw(st.integers(0, 5)) == 5,
        deleted=draw(st.integers(0, 11)) == 11,
        replaces=draw(st.sampled_from(["", "", *[f"{CITY}/t1"] * 3, f"{CITY}/t2", f"{CITY}/t3", f"{COUNTY}/t2"])),
    )
    return report(draw(askers), body)


@st.composite
def _answer_words(draw: st.DrawFn, speakers: st.SearchStrategy[str] = _GIVER) -> Report:
    body = answer(
        draw(st.sampled_from(["t1", "t1", "t2", "t3"])),
        draw(st.sampled_from([*ANSWER_STATES, "cancelled", "handed_over", "levitating"])),
        rev=draw(st.integers(1, 3)),
        seconds=draw(_TIMES),
        by=draw(_NAMES),
        requester=draw(st.sampled_from([CITY, CITY, COUNTY])),
        unit=draw(st.sampled_from(["", "e1"])),
        offers=draw(st.sampled_from(["", "e2"])),
        reason="so",
    )
    return report(draw(speakers), body)


@st.composite
def _consent_words(draw: st.DrawFn) -> Report:
    pauses = tuple(
        Pause(since=at(since), until=at(since + 1) if draw(st.booleans()) else None)
        for since in draw(st.lists(_TIMES, max_size=2))
    )
    state = draw(st.sampled_from(["given", "paused", "withdrawn"]))
    body = Consent(
        id=consent_id(*TERM.key),
        at=at(draw(_TIMES)),
        rev=draw(st.integers(1, 3)),
        agreement="mou",
        clause="4.2",
        state=state,  # type: ignore[arg-type]  # one of the three
        withdrawn_at=at(draw(_TIMES)) if state == "withdrawn" else None,
        pauses=pauses,
    )
    return report(GIVER, body)


def command_word(agency: str, **fields: object) -> Report:
    given = {"at": at(0), "rev": 1, "incident_agency": FIRE[0], "incident": FIRE[1], **fields}
    return report(agency, IncidentCommand(id=command_id(*FIRE), **given))  # type: ignore[arg-type]


@st.composite
def _command_words(draw: st.DrawFn) -> Report:
    if draw(st.booleans()):
        offered = draw(st.sampled_from(["", COUNTY]))
        gave = (HandOver(agency=COUNTY, rev=2),) if draw(st.booleans()) else ()
        return command_word(CITY, rev=draw(st.integers(1, 3)), holds=True, offered_to=offered, gave=gave)
    return command_word(COUNTY, rev=draw(st.integers(1, 3)), holds=True, taken_from=CITY, taken_rev=2)


_WORDS = st.one_of(*[_task_words()] * 4, *[_answer_words()] * 3, _consent_words(), _command_words(), _command_words())


@settings(max_examples=300, deadline=None)
@given(words=st.lists(_WORDS, min_size=10, max_size=18), data=st.data())
def test_that_any_order_any_copies_and_any_batches_of_the_same_words_stand_the_same(
    words: list[Report], data: st.DataObject
) -> None:
    copies = data.draw(st.lists(st.sampled_from(words), max_size=4))
    shuffled = data.draw(st.permutations([*words, *copies]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=4)))
    batches = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]
    one, other = picture_of(words), Picture(agreements=Agreements([TERM]))
    for batch in (*batches, GROUND):  # what tasks are held against may come last
        other.apply(Batch(reports=list(batch)))
        where(other, at(3))  # a screen asks all the time: what it was told may not stay
    for now in (None, at(1), at(3), at(9)):
        assert where(one, now) == where(other, now)


@settings(max_examples=200, deadline=None)
@given(words=st.lists(_WORDS, min_size=10, max_size=16), data=st.data())
def test_that_no_older_word_opens_again_what_was_cancelled(words: list[Report], data: st.DataObject) -> None:
    order = data.draw(st.permutations(words))
    picture = picture_of()
    cancelled: dict[Key, Report] = {}
    for word in order:
        picture.apply(Batch(reports=[word]))
        for key, known in cancelled.items():
            newer = word.key == key and isinstance(word.body, Task) and is_newer(word.body, known.body)
            if not newer:
                assert key not in picture.tasks or picture.task_state(picture.tasks[key], at(9)) == "cancelled"
        cancelled = {
            key: one for key, one in picture.tasks.items() if isinstance(one.body, Task) and one.body.cancelled
        }


@settings(max_examples=300, deadline=None)
@given(words=st.lists(_WORDS, min_size=10, max_size=18))
def test_that_no_task_is_lost(words: list[Report]) -> None:
    picture = picture_of(words)
    told: dict[Key, Report] = {}
    for word in words:
        known = told.get(word.key)
        if isinstance(word.body, Task) and (known is None or is_newer(word.body, known.body)):
            told[word.key] = word
    assert set(picture.tasks) == {key for key, one in told.items() if not one.body.deleted}
    for key in picture.tasks:
        seen = set()
        stands = picture.standings.of(picture.tasks[key], at(9))
        while stands.state in {"reassigned", "handed_over"}:  # somebody else's now: there it stands, in the end
            assert stands.other is not None
            assert stands.other not in seen
            seen.add(stands.other)
            stands = picture.standings.of(picture.tasks[stands.other], at(9))
        assert stands.state in {*TASK_STATES, "levitating"}


@settings(max_examples=200, deadline=None)
@given(
    words=st.lists(_WORDS, min_size=10, max_size=16),
    others=st.lists(
        st.one_of(_task_words(st.just(STRANGER)), _answer_words(st.sampled_from([STRANGER, COUNTY, CITY]))),
        min_size=1,
        max_size=6,
    ),
)
def test_that_who_may_not_move_a_task_cannot(words: list[Report], others: list[Report]) -> None:
    claims = command_word(STRANGER, rev=9, holds=True, taken_from=CITY, taken_rev=2)
    taken_back = report(STRANGER, Retraction(id="t1", at=at(9), kind="task"))
    before, after = picture_of(words), picture_of(words, others, [claims, taken_back])
    states = where(before, at(9))
    assert {key: one for key, one in where(after, at(9)).items() if key[0] != STRANGER} == states


def test_that_a_ring_of_tasks_that_take_each_others_place_loses_none() -> None:
    ring = [
        report(CITY, task("t1", replaces=f"{CITY}/t3")),
        report(CITY, task("t2", replaces=f"{CITY}/t1")),
        report(CITY, task("t3", replaces=f"{CITY}/t2")),
        report(CITY, task("t4", replaces=f"{CITY}/t4")),
        report(CITY, task("t5", replaces=f"{CITY}/t1", unit="e2")),
    ]
    picture = picture_of(ring)
    states = {key[1]: picture.task_state(one) for key, one in picture.tasks.items()}
    assert states == {"t1": "reassigned", "t2": "requested", "t3": "requested", "t4": "requested", "t5": "requested"}


def _line_of(length: int, agency: str = CITY) -> list[Report]:
    """Tasks of which each takes the place of the one before."""
    return [report(agency, task(f"t{n}", replaces=f"{agency}/t{n - 1}" if n else "")) for n in range(length)]


def test_that_a_long_line_of_replaced_tasks_is_read_at_once() -> None:
    picture = picture_of(_line_of(500), [report(GIVER, answer("t0", "en_route"))])
    assert picture.task_state(picture.tasks[CITY, "t499"]) == "en_route"
    assert picture.task_state(picture.tasks[CITY, "t250"]) == "reassigned"


def test_that_in_a_line_too_long_to_be_one_every_task_stands_in_whatever_order_they_come() -> None:
    line = _line_of(501)
    broken = report(CITY, task("t250", rev=2, seconds=9))
    for told in (line, line[::-1], [*line[::2], *line[1::2]]):
        picture = picture_of(*([one] for one in told))
        assert set(where(picture).values()) == {picture.standings.of(picture.tasks[CITY, "t0"])}
        picture.apply(Batch(reports=[broken]))  # two lines now
        states = {key[1]: stands.state for key, stands in where(picture).items()}
        assert {name for name, state in states.items() if state == "requested"} == {"t249", "t500"}


def test_that_who_claims_others_tasks_without_command_makes_nobody_read_anything_again() -> None:
    asked = report(CITY, task("t1", unit="e1", incident_agency=FIRE[0], incident=FIRE[1]))
    claims = [
        report(STRANGER, task(f"x{n}", incident_agency=FIRE[0], incident=FIRE[1], replaces=f"{CITY}/t1"))
        for n in range(50)
    ]
    picture = picture_of([asked, *claims])
    again = report(CITY, task("t1", rev=2, unit="e1", incident_agency=FIRE[0], incident=FIRE[1], note="hurry"))
    assert picture.apply(Batch(reports=[again])).tasks == {(CITY, "t1")}
    theirs = report(STRANGER, task("x7", rev=2, incident_agency=FIRE[0], incident=FIRE[1], replaces=f"{CITY}/t1"))
    assert picture.apply(Batch(reports=[theirs])).tasks == {(STRANGER, "x7")}
    assert not picture.apply(Batch(reports=[command_word(STRANGER, holds=True)])).tasks


def test_that_who_gave_command_away_cannot_close_a_ring_to_get_its_task_back() -> None:
    asked = report(CITY, task("t1", unit="e1", incident_agency=FIRE[0], incident=FIRE[1], asked_at=at(0)))
    adopted = report(
        COUNTY, task("t9", unit="e1", incident_agency=FIRE[0], incident=FIRE[1], replaces=f"{CITY}/t1", seconds=9)
    )
    went = [command_word(CITY, rev=2, holds=True, offered_to=COUNTY)]
    went.append(command_word(COUNTY, holds=True, taken_from=CITY, taken_rev=2))
    ring = report(
        CITY,
        task("t1", rev=5, seconds=20, unit="e1", incident_agency=FIRE[0], incident=FIRE[1], replaces=f"{COUNTY}/t9"),
    )
    for told in ([asked, *went, adopted, ring], [ring, adopted, *went]):
        picture = picture_of(*([one] for one in told))
        assert picture.task_state(picture.tasks[CITY, "t1"]) == "handed_over"
        assert picture.task_state(picture.tasks[COUNTY, "t9"]) == "requested"


def test_that_a_task_that_goes_with_command_is_told_as_changed_by_the_word_alone() -> None:
    asked = report(CITY, task("t1", unit="e1", incident_agency=FIRE[0], incident=FIRE[1], asked_at=at(0)))
    adopted = report(
        COUNTY, task("t9", unit="e1", incident_agency=FIRE[0], incident=FIRE[1], replaces=f"{CITY}/t1", seconds=9)
    )
    picture = picture_of([asked, adopted, command_word(CITY, rev=2, holds=True, offered_to=COUNTY)])
    taken = command_word(COUNTY, holds=True, taken_from=CITY, taken_rev=2)
    assert picture.apply(Batch(reports=[taken])).tasks == {(CITY, "t1"), (COUNTY, "t9")}


def test_that_work_goes_with_command_and_is_the_old_commanders_no_more() -> None:
    asked = report(CITY, task("t1", unit="e1", incident_agency=FIRE[0], incident=FIRE[1]))
    going = report(GIVER, answer("t1", "en_route", by="Dan"))
    offered = command_word(CITY, rev=2, holds=True, offered_to=COUNTY)
    adopted = report(
        COUNTY, task("t9", unit="e1", incident_agency=FIRE[0], incident=FIRE[1], replaces=f"{CITY}/t1", seconds=9)
    )
    picture = picture_of([asked, going, offered, adopted])
    assert picture.task_state(asked) == "en_route"  # nobody took command yet
    assert picture.task_state(adopted) == "requested"
    picture.apply(Batch(reports=[command_word(COUNTY, rev=1, holds=True, taken_from=CITY, taken_rev=2)]))
    assert picture.task_state(asked) == "handed_over"
    assert (picture.task_state(adopted), picture.standings.of(adopted).by) == ("en_route", "Dan")
    picture.apply(Batch(reports=[report(GIVER, answer("t1", "on_scene", rev=2, seconds=60))]))
    assert picture.task_state(adopted) == "on_scene"  # said to the old one, before they heard of the new
    picture.apply(Batch(reports=[report(GIVER, answer("t9", "complete", requester=COUNTY, seconds=90))]))
    assert picture.task_state(adopted) == "complete"


@dataclass(frozen=True)
class _Told:
    """A word on its way to the desks that have not heard it yet."""

    word: Report
    to: str


class ThreeDesks(RuleBasedStateMachine):
    """Two commanders and an owner act by the rules on what each has heard; the network delivers in any order.

    Beside them a plain dict keeps the newest word of each object: when all is delivered, all desks show what it says.
    """

    def __init__(self) -> None:
        super().__init__()
        self.clock = 0
        self.count = 0
        self.desks: dict[str, Picture] = {}
        self.under_way: list[_Told] = []
        self.said: dict[tuple[str, str, str], Report] = {}
        self.everything: list[Report] = []

    @initialize()
    def start(self) -> None:
        self.desks = {agency: picture_of() for agency in (CITY, COUNTY, GIVER)}
        self._say(
            CITY,
            IncidentCommand(id=command_id(*FIRE), at=at(0), rev=1, incident_agency=CITY, incident="fire-1", holds=True),
        )
        self._deliver_all()

    @rule(agency=st.sampled_from([CITY, COUNTY]), unit_id=st.sampled_from(["e1", "e2"]), direct=st.booleans())
    def ask(self, agency: str, unit_id: str, direct: bool) -> None:
        self.count += 1
        self._ask(agency, self._task(agency, f"n{self.count}", unit_id), direct)

    @rule(agency=st.sampled_from([CITY, COUNTY]), which=st.integers(0, 5), unit_id=st.sampled_from(["e1", "e2"]))
    def turn_elsewhere(self, agency: str, which: int, unit_id: str) -> None:
        old = self._own(agency, which)
        if old is not None and task_moves.may_turn_elsewhere(self._who(agency), old, self._stands(agency, old)) is None:
            self.count += 1
            body = self._task(agency, f"n{self.count}", unit_id)
            self._ask(agency, replaced(body, replaces=f"{agency}/{old.body.id}"), direct=False)

    @rule(agency=st.sampled_from([CITY, COUNTY]), which=st.integers(0, 5), reason=st.sampled_from(["", "wind"]))
    def cancel(self, agency: str, which: int, reason: str) -> None:
        own = self._own(agency, which)
        if own is not None:
            self._do(
                agency, task_moves.cancel_task(self._who(agency), own, self._stands(agency, own), reason, self._now())
            )

    @rule(which=st.integers(0, 8), state=st.sampled_from(ANSWER_STATES), offers=st.sampled_from(["", "e2"]))
    def answer(self, which: int, state: str, offers: str) -> None:
        tasks = sorted(self.desks[GIVER].tasks)
        if tasks:
            asked = self.desks[GIVER].tasks[tasks[which % len(tasks)]]
            known = self.desks[GIVER].answer_to(asked)
            stands = self._stands(GIVER, asked)
            decided = task_moves.answer_task(
                self._who(GIVER), asked, known, stands, state=state, at=self._now(), reason="so", offers=offers
            )
            if isinstance(decided, Command):
                assert state in NEXT_ANSWERS[stands.state] or state == stands.state
            self._do(GIVER, decided)

    @rule()
    def hand_over(self) -> None:
        """The city offers, the county accepts what it has heard of, and takes the city's open tasks with it."""
        word = self.desks[CITY].commands.get((CITY, command_id(*FIRE)))
        assert word is not None
        assert isinstance(word.body, IncidentCommand)
        if not word.body.offered_to:
            self._say(CITY, replaced(word.body, rev=word.body.rev + 1, offered_to=COUNTY))
        heard = self.desks[COUNTY].commands.get((CITY, command_id(*FIRE)))
        own = self.desks[COUNTY].commands.get((COUNTY, command_id(*FIRE)))
        if heard is None or own is not None or getattr(heard.body, "offered_to", "") != COUNTY:
            return
        taken = IncidentCommand(
            id=command_id(*FIRE),
            at=self._now(),
            rev=1,
            incident_agency=CITY,
            incident="fire-1",
            holds=True,
            taken_from=CITY,
            taken_rev=heard.body.rev,
        )
        bodies: list[Statement] = [taken]
        for key, one in sorted(self.desks[COUNTY].tasks.items()):
            if key[0] == CITY and self._stands(COUNTY, one).state not in TASK_OVER:
                self.count += 1
                assert isinstance(one.body, Task)
                body = replaced(one.body, replaces=f"{CITY}/{one.body.id}")
                bodies.append(
                    replaced(
                        body, id=f"n{self.count}", rev=1, at=self._now(), asked_at=self._now(), agreement="", clause=""
                    )
                )
        for body in bodies:
            self._say(COUNTY, body)

    @rule(pauses=st.booleans())
    def pause(self, pauses: bool) -> None:
        known = self.desks[GIVER].consents.get((GIVER, consent_id(*TERM.key)))
        rev = known.body.rev + 1 if known is not None else 1
        given = Consent(
            id=consent_id(*TERM.key),
            at=self._now(),
            rev=rev,
            agreement="mou",
            clause="4.2",
            state="paused" if pauses else "given",
            pauses=(Pause(since=self._now()),) if pauses else (),
        )
        self._say(GIVER, given)

    @rule(which=st.integers(0, 30))
    def deliver_one(self, which: int) -> None:
        if self.under_way:
            told = self.under_way.pop(which % len(self.under_way))
            self.desks[told.to].apply(Batch(reports=[told.word]))

    @rule(which=st.integers(0, 60), to=st.sampled_from([CITY, COUNTY, GIVER]))
    def deliver_an_old_word_again(self, which: int, to: str) -> None:
        if self.everything:
            self.desks[to].apply(Batch(reports=[self.everything[which % len(self.everything)]]))

    @rule()
    def time_passes(self) -> None:
        self.clock += 200

    @invariant()
    def all_desks_show_the_same_when_all_is_delivered(self) -> None:
        if not self.desks:
            return
        whole = picture_of(list(self.said.values()))
        seen = [picture_of(sorted(self.everything, key=repr))]
        if not self.under_way:
            seen += self.desks.values()
        for desk in seen:
            for now in (None, self._now()):
                assert where(desk, now) == where(whole, now)

    @invariant()
    def what_is_cancelled_stays_so_where_it_is_known(self) -> None:
        for desk in self.desks.values():
            for one in desk.tasks.values():
                if isinstance(one.body, Task) and one.body.cancelled:
                    assert desk.task_state(one, self._now()) == "cancelled"
                if desk.task_state(one, self._now()) in CLOSED:
                    refused = task_moves.answer_task(
                        self._who(GIVER), one, None, desk.standings.of(one), state="accepted", at=self._now()
                    )
                    assert isinstance(refused, Refusal)

    def _now(self) -> datetime:
        return at(self.clock)

    def _who(self, agency: str) -> Operator:
        return Operator(agency, "commander" if agency != GIVER else "dispatcher", agency[:3])

    def _own(self, agency: str, which: int) -> Report | None:
        own = sorted(key for key in self.desks[agency].tasks if key[0] == agency)
        return self.desks[agency].tasks[own[which % len(own)]] if own else None

    def _stands(self, agency: str, one: Report) -> Standing:
        return self.desks[agency].standings.of(one, self._now())

    def _task(self, agency: str, task_id: str, unit_id: str) -> Task:
        return Task(
            id=task_id,
            at=self._now(),
            objective="Attack",
            assignee_agency=GIVER,
            unit=unit_id,
            incident_agency=CITY,
            incident="fire-1",
        )

    def _ask(self, agency: str, body: Task, direct: bool) -> None:
        tasking = Direct("by clause", TERM) if direct else Request("not covered")
        asked = task_moves.ask(
            self._who(agency), body, tasking, unit_known=True, open_tasks=0, at=self._now(), unit_kind="engine"
        )
        assert isinstance(asked, Task)
        self._say(agency, asked)

    def _do(self, agency: str, decided: Command | Refusal) -> None:
        if isinstance(decided, Command):
            self._say(agency, decided.body)

    def _say(self, agency: str, body: Statement) -> None:
        word = report(agency, body)
        self.desks[agency].apply(Batch(reports=[word]))
        self.everything.append(word)
        key = (kind_of(body), agency, f"{getattr(body, 'requester', '')}/{body.id}")
        known = self.said.get(key)
        if known is None or is_newer(body, known.body):
            self.said[key] = word
        self.under_way += [_Told(word, other) for other in self.desks if other != agency]

    def _deliver_all(self) -> None:
        while self.under_way:
            self.deliver_one(0)


TestThreeDesks = ThreeDesks.TestCase
TestThreeDesks.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def test_that_a_drill_answers_replaces_and_cancels_nothing_of_real_work() -> None:
    def drill(one: Report) -> Report:
        return replaced(one, exercise=True)

    asked = report(CITY, task("t1", assignee_agency=GIVER, unit="e1", asked_at=at(0)))
    declined = report(GIVER, answer("t1", "declined", seconds=5, requester=CITY, reason="no"))
    practised = [
        drill(report(GIVER, answer("t1", "accepted", rev=7, seconds=9, requester=CITY))),
        drill(report(CITY, task("t1", rev=7, seconds=9, assignee_agency=GIVER, unit="e1", cancelled=True))),
        drill(report(CITY, task("t2", seconds=9, assignee_agency=GIVER, unit="e1", replaces=f"{CITY}/t1"))),
    ]
    for real, state in (((asked,), "requested"), ((asked, declined), "declined")):
        for picture in (picture_of([*real, *practised]), picture_of([*practised, *real])):
            assert picture.task_state(picture.tasks[CITY, "t1"]) == state
    picture = picture_of([drill(asked), practised[0]])
    assert picture.task_state(picture.tasks[CITY, "t1"]) == "accepted"


def test_that_who_is_on_the_way_sees_the_task_end_that_is_made_a_draft_again() -> None:
    asked = report(CITY, task("t1", assignee_agency=GIVER, unit="e1", asked_at=at(0)))
    draft = report(CITY, task("t1", rev=2, seconds=9, assignee_agency=GIVER, unit="e1", draft=True))
    going = report(GIVER, answer("t1", "en_route", seconds=5))
    assert where(picture_of([asked, draft]))[CITY, "t1"].state == "draft"  # type: ignore[attr-defined]
    assert where(picture_of([asked, draft, going]))[CITY, "t1"].state == "cancelled"  # type: ignore[attr-defined]
