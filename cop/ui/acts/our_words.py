"""What became of each word of this desk: a colleague's word about the same thing may stand in its place."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from cop.domain.batch import Batch, Delivered
from cop.domain.report import Report, kind_of
from cop.domain.rules.superseded import is_superseded
from cop.domain.statement import Statement
from cop.domain.words import ROLES
from cop.picture.picture import Picture
from cop.ui import wording

_Key = tuple[str, str, str]
#: more than a desk says in a shift; of the oldest it is no longer told whether a colleague has overtaken them
_REMEMBERED = 5_000


class _Said(NamedTuple):
    word: Statement
    left_at: datetime | None = None


class OurWords:
    """The last word of this desk about each thing, and whether it left; `take` tells which were superseded."""

    def __init__(self, agency: str, now: Callable[[], datetime]) -> None:
        self._agency = agency
        self._now = now
        self._said: dict[_Key, _Said] = {}
        #: superseded: that the broker takes them later, or the word in their place that is said again, makes them
        #: count no more; until a person says another
        self._overtaken: dict[_Key, Delivered] = {}

    def said(self, words: Iterable[Statement]) -> None:
        """These words were taken and wait to leave."""
        for word in words:
            key = (kind_of(word), self._agency, word.id)
            self._overtaken.pop(key, None)
            self._said.pop(key, None)
            self._said[key] = _Said(word)
            if len(self._said) > _REMEMBERED:
                del self._said[next(iter(self._said))]

    def take(self, batch: Batch) -> list[Delivered]:
        """What must be marked as superseded after a batch, each with its reason."""
        found: dict[_Key, Delivered] = {}
        for one in batch.delivered:
            key = (one.kind, one.agency, one.id)
            if one.state == "refused":
                self._said.pop(key, None)
                self._overtaken.pop(key, None)
            elif key in self._overtaken:
                found[key] = self._overtaken[key]
            elif key in self._said:
                self._said[key] = self._said[key]._replace(left_at=self._now())
        for report in batch.reports:
            if report.agency == self._agency and self._said:
                self._compare(report, found)
        return list(found.values())

    def forget(self) -> None:
        """Know of no words any more."""
        self._said.clear()
        self._overtaken.clear()

    def _compare(self, report: Report, found: dict[_Key, Delivered]) -> None:
        theirs = report.body
        key = (kind_of(theirs), report.agency, theirs.id)
        said = self._said.get(key)
        if said is None or not is_superseded(said.word, theirs, said.left_at):
            return
        del self._said[key]
        found[key] = self._overtaken[key] = Delivered(*key, "superseded", reason(theirs))
        if len(self._overtaken) > _REMEMBERED:
            del self._overtaken[next(iter(self._overtaken))]


def reason(theirs: Statement) -> str:
    """Whose word stands in place of ours, and since when."""
    who = wording.one_line(theirs.by) or "another desk of ours"
    role = ROLES.get(theirs.role, "")
    done = "ended it" if theirs.deleted else "changed it"
    return (
        f"{who}{f' ({role.lower()})' if role else ''} {done} at {wording.clock(theirs.at, seconds=True)}; that stands"
    )


def notice(picture: Picture, superseded: Delivered) -> str:
    """What a person is told of it."""
    report = picture.last_word(superseded.kind, (superseded.agency, superseded.id))
    words = [getattr(report.body, field, "") for field in ("title", "objective", "name", "callsign")] if report else []
    name = next((wording.one_line(word) for word in words if word), "")
    what = f"“{wording.shortened(name, 60)}”" if name else f"the {superseded.kind} {wording.one_line(superseded.id)}"
    return f"Overtaken: what you said of {what}. {wording.one_line(superseded.reason)}."
