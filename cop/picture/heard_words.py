"""Which words of authority were heard, so that an old one that is sent again is told, and not only passed over."""

from collections.abc import Iterable, Iterator, Mapping

from cop.domain.agreement import Agreements
from cop.domain.batch import RefusedWord
from cop.domain.consent import Consent
from cop.domain.report import Report
from cop.domain.task import Answer, Task
from cop.picture.change import Change, Key

#: what binds people: an old word of these may be somebody's attempt to bring back what was settled
_WORDS = frozenset({"task", "answer", "consent", "command", "request", "fill"})
_LIMIT = 100_000
#: where a desk's own words stand before they came back from the broker
_THIS_DESK = "this desk"


class HeardWords:
    """The highest revision heard from the broker of each such object.

    What this desk said itself comes back once, perhaps after it has said more: that is no old word.
    """

    def __init__(self, tasks: Mapping[Key, Report], agreements: Agreements) -> None:
        self._tasks = tasks
        self._agreements = agreements
        self._heard: dict[tuple[str, Key], int] = {}

    def kept(self) -> list[tuple[str, str, str, int]]:
        """All that is remembered: kind, agency, key, revision."""
        return [(kind, *key, revision) for (kind, key), revision in self._heard.items()]

    def adopt(self, kept: Iterable[tuple[str, str, str, int]]) -> None:
        """Remember this, and nothing else."""
        self._heard = {(kind, (agency, key)): revision for kind, agency, key, revision in kept}

    def why_not(self, kind: str, key: Key, report: Report, change: Change) -> Iterator[RefusedWord]:
        """The refusals that a word deserves, in the field's words; it is noted as heard."""
        if kind not in _WORDS or report.source.feed == _THIS_DESK:
            return
        body = report.body
        heard = self._heard.get((kind, key))
        if heard is not None and body.rev < heard:
            change.overtaken.add((kind, *key))
            yield _refused(kind, report, f"an old word sent again (revision {body.rev}; {heard} stands)")
            return
        if heard is None and len(self._heard) >= _LIMIT:
            del self._heard[next(iter(self._heard))]
        self._heard[kind, key] = body.rev
        if isinstance(body, Answer):
            task = self._tasks.get((body.requester, body.id))
            if task is not None and isinstance(task.body, Task) and task.body.assignee_agency != report.agency:
                asked = task.body.assignee_agency or "nobody"
                yield _refused(kind, report, f"it answers what was asked of {asked}; only they answer")
        if isinstance(body, Consent):
            term = self._agreements.term(body.agreement, body.clause)
            giver = getattr(term.clause, "giver", "") if term is not None else ""
            if giver and giver != report.agency:
                yield _refused(kind, report, f"it speaks of what {giver} gives; only they pause or withdraw it")


def _refused(kind: str, report: Report, reason: str) -> RefusedWord:
    body = report.body
    return RefusedWord(kind, report.agency, body.id, body.by, body.role, reason, report.received_at)
