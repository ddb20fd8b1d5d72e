"""What stands of our agency's words is said again where the broker has lost it, or keeps an old word in its place.

A broker that was started anew without its memory, or another one that takes over, does not know what our agency said:
who comes later would not hear it. Said again is what stands, word for word and at its revision, so that several desks
of an agency may do it at once.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cop.domain.batch import Batch, Settled
from cop.domain.desk import Command
from cop.domain.report import Report, Retraction, kind_of
from cop.domain.rules.newer import is_newer_report
from cop.domain.statement import Statement
from cop.feeds.topics import KINDS, levels_of, topic_of
from cop.picture.change import Change

if TYPE_CHECKING:
    from cop.ui.desk import Desk

_LOG = logging.getLogger(__name__)
_EVERY = timedelta(seconds=1)
_AT_ONCE = 200
#: an old word may be the echo of one of ours whose next is on its way
_ECHO = timedelta(seconds=3)
#: each desk says its own presence; positions are said anew all the time, and a line of the log is not retained
_KINDS = tuple(kind for kind in KINDS if kind not in {"presence", "position", "log", "profile"})

#: kind, agency, key
_Name = tuple[str, str, str]


class SayAgain:
    """Once a second, so many at a time: who sends old words without end does not keep this desk writing."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk
        #: of which the broker keeps an old word, as far as is known, and since when
        self._old: dict[_Name, datetime] = {}
        #: which it did not give back
        self._lost: set[_Name] = set()
        #: kinds that were heard of our agency: that the broker lets this desk hear them is certain
        self._heard_kinds: set[str] = set()
        self._said_at = desk.now() - _EVERY

    def take(self, batch: Batch, change: Change) -> None:
        """Note what a batch, already in the picture, tells of what the broker keeps of ours."""
        desk = self._desk
        if desk.past:
            return
        agency, now = desk.operator.agency, desk.now()
        for report in batch.reports:
            if report.agency == agency and _is_heard(report):
                self._note_heard(report, now)
        for one in change.overtaken:
            if one[1] == agency:
                self._old[one] = now - _ECHO  # an echo was looked for already
        if batch.settled is not None:
            self._note_settled(batch.settled)
        if change or batch.settled is not None:
            self.say()

    def forget(self) -> None:
        """All that stood is over."""
        self._old.clear()
        self._lost.clear()

    def say(self) -> None:
        """Say what is due."""
        desk = self._desk
        now = desk.now()
        if desk.past or not (self._old or self._lost) or now - self._said_at < _EVERY:
            return
        due = sorted([*(one for one, since in self._old.items() if now - since >= _ECHO), *self._lost])[:_AT_ONCE]
        if not due:
            return
        self._said_at = now
        for one in due:
            self._old.pop(one, None)
            self._lost.discard(one)
        words = [word for one in dict.fromkeys(due) if (word := self._word(one, now)) is not None]
        if words and (problem := desk.put(Command(words[0], tuple(words[1:])))):
            desk.refused.emit(f"What stands could not be said again ({problem}).")

    def _word(self, name: _Name, now: datetime) -> Statement | None:
        """Our last word about an object, if it is to be heard still and is not on its way."""
        kind, *key = name
        desk = self._desk
        report = desk.picture.last_word(kind, (key[0], key[1]))
        if report is None or isinstance(report.body, Retraction) or report.source.format != "cop-json":
            return None
        body = report.body
        ends = getattr(body, "expires_at", None)
        if not body.deleted and ends is not None and ends <= now and kind in {"alert", "zone"}:
            return None
        return None if desk.is_pending(kind, key[0], body.id) else body

    def _note_heard(self, report: Report, now: datetime) -> None:
        body = report.body
        kind = kind_of(body)
        if kind not in _KINDS:
            return
        self._heard_kinds.add(kind)
        name = (kind, *self._desk.picture.key_of(report))
        self._lost.discard(name)
        last = self._desk.picture.last_word(*_split(name))
        if last is not None and _outdoes(last, report):
            self._old.setdefault(name, now)
        else:
            self._old.pop(name, None)

    def _note_settled(self, settled: Settled) -> None:
        heard, desk = set(settled.heard), self._desk
        self._heard_kinds.update(one.split("/")[-2] for one in settled.heard if "/" in one)
        for kind in _KINDS:
            if kind in settled.kinds and kind in self._heard_kinds:
                for key, report in desk.picture.table(kind).items():
                    if key[0] == desk.operator.agency and not heard.intersection(_tails(report)):
                        self._lost.add((kind, *key))


def _is_heard(report: Report) -> bool:
    return report.source.format == "cop-json" and report.source.feed != "this desk"


def _outdoes(last: Report, heard: Report) -> bool:
    """Whether another word than the one heard stands; of two of one revision too: who comes later hears only one."""
    if last.body.rev != heard.body.rev:
        return last.body.rev > heard.body.rev
    is_echo = (last.body.at, last.body.by) == (heard.body.at, heard.body.by)
    return not is_echo and is_newer_report(last, heard)


def _split(name: _Name) -> tuple[str, tuple[str, str]]:
    return name[0], (name[1], name[2])


def _tails(report: Report) -> Iterator[str]:
    """The topics below the agency's own on which this may have come back."""
    body = report.body
    own = topic_of("", "", body).removeprefix("//")
    yield own
    for level in levels_of(body):
        yield f"{own.rpartition('/')[0]}/{level}"
