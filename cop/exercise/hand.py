"""What the controller does by hand: agencies taken over, and what they say and do then."""

from cop.domain.rules.task_state import NEXT_ANSWERS
from cop.domain.words import ANSWER_STATES, UNIT_STATUSES, label
from cop.exercise.cast import Assignment, Player
from cop.exercise.control_words import AnswerTask, MoveUnit, SetStatus, Write
from cop.exercise.effects import write
from cop.exercise.injecting import NotDone
from cop.exercise.injects import CONTROL_CELL, MessageLine
from cop.exercise.stage import Stage


class Hand:
    """Every method raises NotDone, with the reason, for what cannot be done; else it says in words what was."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def take_over(self, agency: str) -> None:
        """From now on the agency says nothing of itself: the controller answers for it."""
        self._known(agency)
        if agency in self._stage.by_hand:
            raise NotDone("it is taken over already")
        self._stage.by_hand.add(agency)

    def give_back(self, agency: str) -> None:
        """The agency plays by itself again; what waits for its answer is answered."""
        self._taken(agency)
        self._stage.by_hand.discard(agency)
        if not self._stage.is_staffed(agency):
            self._stage.tasking.left_alone(agency)

    def answer(self, order: AnswerTask) -> str:
        """The agency's word to a request."""
        self._taken(order.agency)
        assignment = self._assignment(order)
        if order.state not in ANSWER_STATES or order.state not in NEXT_ANSWERS.get(assignment.state, ()):
            state = assignment.state.replace("_", " ")
            raise NotDone(f"a request that is {state} cannot be answered with {order.state.replace('_', ' ')[:40]}")
        if order.state in ("declined", "countered", "released") and not order.reason:
            raise NotDone("say why")
        if order.offers and (order.agency, order.offers) not in self._stage.units:
            raise NotDone(f"the agency has no unit {order.offers!r}")
        if (order.agency, "answer", order.task) in self._stage.voices.taken:
            raise NotDone("people at a desk of the agency answer this one")
        self._stage.tasking.answer(assignment, order.state, order.reason, order.offers)
        return f"{order.state.replace('_', ' ')}: {assignment.task.objective}"[:256]

    def set_status(self, order: SetStatus) -> str:
        """What a unit does."""
        player = self._unit(order.agency, order.unit)
        if order.status not in UNIT_STATUSES:
            raise NotDone(f"{order.status[:40]!r} is no status of a unit")
        player.status = order.status
        self._stage.show(player)
        return f"{player.callsign}: {label(UNIT_STATUSES, order.status).lower()}"

    def move(self, order: MoveUnit) -> str:
        """A unit goes somewhere and stays there."""
        player = self._unit(order.agency, order.unit)
        if self._stage.clock.now < player.broken_until_s:
            raise NotDone(f"{player.callsign} has broken down")
        player.motion.go((order.lat, order.lon))
        player.motion.paused = False
        return f"{player.callsign} to {order.lat:.4f}, {order.lon:.4f}"

    def write(self, order: Write) -> str:
        """A log line as the agency, or as the control cell."""
        if order.agency == CONTROL_CELL:
            if CONTROL_CELL not in {one.id for one in self._stage.scenario.speakers}:
                raise NotDone("this exercise has no control cell")
        else:
            self._taken(order.agency)
        write(
            MessageLine(agency=order.agency, text=order.text, to=order.to, incident=order.incident),
            self._stage,
            incident_agency=order.incident_agency,
        )
        return order.text[:256]

    def _known(self, agency: str) -> None:
        if agency not in {one.id for one in self._stage.scenario.agencies}:
            raise NotDone(f"no agency {agency[:64]!r} takes part")

    def _taken(self, agency: str) -> None:
        self._known(agency)
        if agency not in self._stage.by_hand:
            raise NotDone("take the agency over first")

    def _unit(self, agency: str, unit: str) -> Player:
        self._taken(agency)
        player = self._stage.units.get((agency, unit))
        if player is None:
            raise NotDone(f"the agency has no unit {unit[:64]!r}")
        return player

    def _assignment(self, order: AnswerTask) -> Assignment:
        assignment = self._stage.tasking.assignments.get((order.asker, order.task))
        if assignment is None or assignment.owner != order.agency:
            raise NotDone("the agency was not asked that")
        if assignment.task.cancelled or assignment.replaced:
            raise NotDone("the request was taken back")
        return assignment
