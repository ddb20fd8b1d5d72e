"""When injects fire: at their time, when their condition holds, or by hand; each once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cop.exercise.clockwork import Clockwork
from cop.exercise.conditions import Ids, holds
from cop.exercise.control_words import By, InjectState
from cop.exercise.course import Course
from cop.exercise.injects import Inject


class NotDone(Exception):  # noqa: N818 - named for what happened
    """An order that cannot be carried out; `reason` in the controller's words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class _Waiting:
    inject: Inject
    state: InjectState = field(init=False)

    def __post_init__(self) -> None:
        self.state = InjectState(id=self.inject.id, due_t=self.inject.at_s)


class Injecting:
    """Every inject of an exercise and how far it is."""

    def __init__(
        self,
        injects: tuple[Inject, ...],
        *,
        clock: Clockwork,
        course: Course,
        ids: Ids,
        moment: Callable[[], datetime],
        do: Callable[[Inject, By], None],
    ) -> None:
        """`do` carries an inject out; `moment` is what clocks show."""
        self._all = {inject.id: _Waiting(inject) for inject in injects}
        self._clock, self._course, self._ids, self._moment, self._do = clock, course, ids, moment, do
        self._waits_s = sorted({i.when.unanswered.for_s for i in injects if i.when and i.when.unanswered})
        self._timed: set[tuple[str, str]] = set()
        #: while an earlier run is gone over again, its injects fire when they did then
        self.by_record = False

    def start(self) -> None:
        """Plan those that have a time."""
        for one in self._all.values():
            if one.inject.at_s is not None:
                self._clock.at(one.inject.at_s, lambda one=one: self._due(one, "time"))  # type: ignore[misc]  # the default binds

    def states(self) -> tuple[InjectState, ...]:
        """How far each is, in the file's order."""
        return tuple(one.state for one in self._all.values())

    def look(self) -> None:
        """See which conditions hold now, as often as something is new."""
        while self._course.is_news and not self.by_record:
            self._course.is_news = False
            self._time_requests()
            fired = frozenset(key for key, one in self._all.items() if one.state.state == "fired")
            for one in self._all.values():
                when = one.inject.when
                if when is None or one.state.state != "waiting":
                    continue
                if holds(when, self._course, self._ids, fired=fired, now=self._clock.now):
                    self._come_due(one, when.wait_s)

    def fire(self, name: str) -> None:
        """Fire one now, by hand. Raises NotDone for one that has fired, or that there is not."""
        one = self._named(name)
        if one.state.state == "fired":
            raise NotDone("it has fired already")
        self._fire(one, "hand")
        self.look()

    def fire_again(self, name: str, by: By) -> None:
        """Fire one as an earlier run did."""
        if name in self._all:
            self._fire(self._all[name], by)

    def skip(self, name: str) -> None:
        """Leave one out. Raises NotDone."""
        one = self._named(name)
        if one.state.state == "fired":
            raise NotDone("it has fired already")
        if one.state.state == "skipped":
            raise NotDone("it is left out already")
        one.state = InjectState(id=name, state="skipped", t=self._clock.now, at=self._moment(), by="hand")

    def title(self, name: str) -> str:
        """What an inject is called."""
        return self._all[name].inject.title

    def catch_up(self) -> None:
        """The earlier run is gone over: what it had not come to is due by itself again."""
        self.by_record = False
        for one in self._all.values():
            if one.state.state == "waiting" and one.inject.at_s is not None and one.inject.at_s <= self._clock.now:
                self._fire(one, "time")
        self._course.is_news = True

    def _named(self, name: str) -> _Waiting:
        if name not in self._all:
            raise NotDone(f"there is no inject {name!r}")
        return self._all[name]

    def _come_due(self, one: _Waiting, wait_s: float) -> None:
        if not wait_s:
            self._fire(one, "condition")
            return
        due_t = self._clock.now + wait_s
        one.state = InjectState(id=one.inject.id, state="due", due_t=due_t)
        self._clock.at(due_t, lambda: self._due(one, "condition"))

    def _due(self, one: _Waiting, by: By) -> None:
        if one.state.state in ("waiting", "due") and not self.by_record:
            self._fire(one, by)

    def _fire(self, one: _Waiting, by: By) -> None:
        one.state = InjectState(id=one.inject.id, state="fired", t=self._clock.now, at=self._moment(), by=by)
        self._course.is_news = True  # others may wait for it
        self._do(one.inject, by)

    def _time_requests(self) -> None:
        """Look again when a request has waited so long that an inject comes of it."""
        for asked in self._course.waiting() if self._waits_s else ():
            key = (asked.asker, asked.task.id)
            if key not in self._timed:
                self._timed.add(key)
                for wait_s in self._waits_s:
                    self._clock.at(asked.since_s + wait_s, self._look_again)

    def _look_again(self) -> None:
        self._course.is_news = True
