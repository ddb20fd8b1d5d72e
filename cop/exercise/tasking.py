"""Requests and answers: what the simulated agencies say when somebody asks for one of their units."""

import random
from collections.abc import Callable

from cop.domain.task import Answer, Task
from cop.exercise.cast import ANSWERED, Assignment, Player
from cop.exercise.roads import Place, offset

#: The owner's reasons to say no, where the seed says no.
REASONS = (
    "Held back for our own calls",
    "Crew at the end of its shift",
    "Out of fuel and water; thirty minutes",
    "Outside our agreement; the chief decides",
)
_DECLINES_ONE_IN = 7
_DECIDES_S = (4.0, 12.0)
_ROLLS_S = (3.0, 7.0)
_WORKS_S = (180.0, 420.0)
_NEAR_M = (30.0, 160.0)
#: at a time, do this
Schedule = Callable[[float, Callable[[], object]], None]


class Tasking:
    """Answers requests step by step: accept or decline, roll, arrive, finish. Pure of clock and network."""

    def __init__(
        self,
        *,
        schedule: Schedule,
        now: Callable[[], float],
        say: Callable[[Answer, str], None],
        show: Callable[[Player], None],
        staffed: Callable[[str], bool],
        spare: Callable[[Player], Player | None] = lambda _: None,
        consented: Callable[[Task], bool] = lambda _: False,
        by_hand: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """`spare` finds another unit of a kind, `consented` says whether a task needs no answer by an agreement.

        `staffed` agencies answer for themselves, and those that are played `by_hand` do nothing at all of themselves.
        """
        self._schedule = schedule
        self._now = now
        self._say = say
        self._show = show
        self._staffed = staffed
        self._spare = spare
        self._consented = consented
        self._by_hand = by_hand
        self.assignments: dict[tuple[str, str], Assignment] = {}

    def take(self, assignment: Assignment) -> None:
        """Take in a new request, or a new word of the asker on a known one."""
        key = (assignment.requester, assignment.task.id)
        known = self.assignments.get(key)
        if known is None:
            self.assignments[key] = assignment
            self._replace(assignment)
            self.think(assignment)
            return
        known.task = assignment.task
        if known.task.cancelled:
            self._free(known)
            known.turn += 1

    def _replace(self, assignment: Assignment) -> None:
        """A task takes another's place: with the same unit it goes on where that one was, else that unit is free."""
        asker, _, task = assignment.task.replaces.partition("/")
        old = self.assignments.get((asker, task))
        if old is None or old.over:
            return
        if old.player is assignment.player and old.owner == assignment.owner:
            assignment.state, assignment.by_people = old.state, old.by_people
            if old.player is not None and old.player.assignment is old:
                old.player.assignment = assignment
        else:
            self._free(old)
        old.replaced = True
        old.turn += 1

    def script(self, assignment: Assignment, spoken: int) -> None:
        """Play a scripted request whose first `spoken` answers were given before the start."""
        line = assignment.script
        assert line is not None
        self.assignments[assignment.requester, assignment.task.id] = assignment
        for index, step in enumerate(line.answers):
            if index == spoken - 1:
                assignment.state = step.state
                self._settle(assignment)
            elif index >= spoken:
                self._schedule(
                    line.at_s + step.after_s, self._scripted(assignment, step.state, step.reason, step.offers)
                )
        if spoken == len(line.answers):
            self._course(assignment)

    def think(self, assignment: Assignment) -> None:
        """Plan the next word of an assignment that no script plans, from the state it is in."""
        if (assignment.script is not None and not assignment.skipped) or assignment.over:
            return
        if assignment.state == "requested":
            self._after(assignment, assignment.rng.uniform(*_DECIDES_S), lambda: self._decide(assignment))
        else:
            if assignment.state == "en_route" and assignment.player is not None and assignment.place is not None:
                self._settle(assignment)
            self._course(assignment)

    def arrived(self, player: Player) -> None:
        """A unit has reached the place it was asked to."""
        assignment = player.assignment
        if assignment is None or assignment.state != "en_route" or assignment.over:
            return
        if self._for_people(assignment):
            if player.status != "on_scene":  # the crew's own word; the desk's answer stays with the desk
                player.status = "on_scene"
                self._show(player)
            return
        self.answer(assignment, "on_scene")
        self._course(assignment)

    def people_said(self, requester: str, task: str, state: str) -> None:
        """A person of the owning agency has answered: from now on this request is theirs."""
        assignment = self.assignments.get((requester, task))
        if assignment is None:
            return
        assignment.by_people = True
        assignment.turn += 1
        if state != assignment.state:
            assignment.state = state
            self._settle(assignment)

    def resume(self, requester: str, task: str, state: str) -> None:
        """An earlier run had come so far with a request: go on from there."""
        assignment = self.assignments.get((requester, task))
        if assignment is not None and assignment.script is None:
            assignment.state = state
            assignment.turn += 1
            self.think(assignment)

    def left_alone(self, agency: str) -> None:
        """Nobody sits at the agency's desk any more: what people left unanswered goes on."""
        for assignment in self.assignments.values():
            unscripted = assignment.script is None or assignment.skipped
            if assignment.owner == agency and unscripted and not assignment.over:
                assignment.by_people = False
                self.think(assignment)

    def give_up(self, player: Player, reason: str) -> None:
        """A unit can go no further: its owner releases it from what it was asked, unless people answer for it."""
        assignment = player.assignment
        if assignment is not None and not assignment.over and not self._for_people(assignment):
            self.answer(assignment, "released", reason)

    def answer(self, assignment: Assignment, state: str, reason: str = "", offers: str = "") -> None:
        """Say the owner's word, and let the unit do it."""
        assignment.state = state
        assignment.turn += 1
        eta_s = self._settle(assignment)
        said = Answer(
            id=assignment.task.id,
            at=assignment.task.at,  # the simulation stamps it
            requester=assignment.requester,
            state=state,
            reason=reason,
            eta_s=eta_s,
            offers=offers,
        )
        self._say(said, assignment.owner)

    def _decide(self, assignment: Assignment) -> None:
        player = assignment.player
        if player is None:
            self.answer(assignment, "declined", "We have no such unit")
            return
        why = ""
        if player.assignment is not None and not player.assignment.over:
            why = f"{player.callsign} is committed: {player.assignment.task.objective}"
        elif player.status == "out_of_service":
            why = f"{player.callsign} is out of service"
        if why:
            spare = self._spare(player)
            if spare is None:
                self.answer(assignment, "declined", why)
            else:
                self.answer(assignment, "countered", f"{why}; take {spare.callsign}", offers=spare.id)
            return
        if self._consented(assignment.task):  # the clause has answered: the unit rolls
            assignment.state = "accepted"
            self._settle(assignment)
            self._course(assignment)
            return
        if assignment.rng.randrange(_DECLINES_ONE_IN) == 0:
            self.answer(assignment, "declined", assignment.rng.choice(REASONS))
            return
        self.answer(assignment, "accepted")
        self._course(assignment)

    def _course(self, assignment: Assignment) -> None:
        """What follows of itself after the last word."""
        if assignment.script is not None and assignment.script.hold:
            return
        rng = assignment.rng
        if assignment.state == "accepted":
            self._after(assignment, rng.uniform(*_ROLLS_S), lambda: self._roll(assignment))
        elif assignment.state == "on_scene":
            self._after(assignment, rng.uniform(*_WORKS_S), lambda: self.answer(assignment, "complete"))

    def _roll(self, assignment: Assignment) -> None:
        self.answer(assignment, "en_route")
        if assignment.place is None:  # nobody said where: the unit is there when it says so
            self._after(assignment, assignment.rng.uniform(20.0, 60.0), lambda: self._stand(assignment))

    def _stand(self, assignment: Assignment) -> None:
        self.answer(assignment, "on_scene")
        self._course(assignment)

    def _scripted(self, assignment: Assignment, state: str, reason: str, offers: str) -> Callable[[], None]:
        def speak() -> None:
            if assignment.over:
                return
            if self._for_people(assignment):
                assignment.skipped = True
                return
            self.answer(assignment, state, reason, offers)
            line = assignment.script
            if line is not None and line.answers and state == line.answers[-1].state:
                self._course(assignment)

        return speak

    def _after(self, assignment: Assignment, seconds: float, do: Callable[[], None]) -> None:
        turn = assignment.turn

        def due() -> None:
            if assignment.turn == turn and not assignment.over and not self._for_people(assignment):
                do()

        self._schedule(self._now() + seconds, due)

    def _for_people(self, assignment: Assignment) -> bool:
        """Whether people answer this one: they have begun to, or sit there. An agency's own script goes on."""
        if self._by_hand(assignment.owner):
            return True
        own_script = assignment.script is not None and assignment.requester == assignment.owner
        return assignment.by_people or (not own_script and self._staffed(assignment.owner))

    def _settle(self, assignment: Assignment) -> int | None:
        """Let the unit do what was said; the seconds it needs to get there, if it sets out."""
        player, state = assignment.player, assignment.state
        if player is None:
            return None
        if state in ANSWERED:
            self._free(assignment)
            return None
        if state not in {"accepted", "en_route", "on_scene"}:
            return None
        player.assignment = assignment
        player.motion.paused = False
        eta_s: int | None = None
        player.status = {"accepted": "assigned"}.get(state, state)
        if state == "en_route" and assignment.place is not None:
            eta_s = round(player.motion.go(_beside(assignment)) / player.motion.pace_mps)
        elif state == "on_scene" and assignment.place is not None and player.motion.bound_for is None:
            if self._now() <= 0.0:  # it was there before the exercise began
                player.motion.put(_beside(assignment))
            else:
                player.motion.go(_beside(assignment))
        self._show(player)
        return eta_s

    def _free(self, assignment: Assignment) -> None:
        player = assignment.player
        if player is None or player.assignment is not assignment:
            return
        player.assignment = None
        player.status = "available"
        if self._now() > 0.0:
            player.motion.release()
        self._show(player)


def _beside(assignment: Assignment) -> Place:
    """Where the unit stands at the incident: near it, each a little elsewhere."""
    assert assignment.place is not None
    rng = random.Random(f"{assignment.requester}/{assignment.task.id}")  # noqa: S311 - a game's dice, no secret
    return offset(assignment.place, rng.uniform(0.0, 360.0), rng.uniform(*_NEAR_M))
