"""Exercise time: how many seconds passed in the exercise between two moments of the world."""

import bisect
from collections.abc import Iterable

from cop.exercise.review.figures import Stretch


class ExerciseTime:
    """Seconds of the exercise by the clock of the world (epoch seconds), through pauses and changes of pace.

    Before the first stretch time passes as in the world: what was said before the start is so many seconds old.
    """

    def __init__(self, stretches: Iterable[Stretch]) -> None:
        self.stretches = tuple(stretches)
        self._begins = [one.at.timestamp() for one in self.stretches]

    def second(self, at: float) -> float:
        """Which second of the exercise a moment is; negative before its start."""
        place = bisect.bisect_right(self._begins, at) - 1
        if place < 0:
            return at - self._begins[0] + self.stretches[0].second if self._begins else at
        one = self.stretches[place]
        return one.second + (at - self._begins[place]) * one.pace

    def elapsed(self, begin: float, end: float) -> float:
        """How many seconds of the exercise passed; 0 where the end lies before the beginning."""
        return max(0.0, self.second(end) - self.second(begin))

    def moment(self, second: float) -> float:
        """When a second of the exercise came, or will by the last pace; the end of a pause for one that it fell in.

        Infinite where the exercise is paused for good before it.
        """
        found = 0
        for place, one in enumerate(self.stretches):
            if one.second <= second:
                found = place
        if not self._begins:
            return second
        one, begin = self.stretches[found], self._begins[found]
        if second < one.second:
            return begin + second - one.second
        if one.pace <= 0.0:
            return begin if second <= one.second else float("inf")
        return begin + (second - one.second) / one.pace
