"""What alerts say of one another: which took the place of which, and which were called off."""

from collections.abc import Iterable

from cop.domain.area import Alert
from cop.domain.batch import EndedAlert
from cop.domain.report import Report
from cop.domain.rules.alarm import is_actual

_NEVER = float("-inf")
#: as many ids are remembered of one agency, and of all; the oldest are forgotten first
_AGENCY_LIMIT = 5_000
_LIMIT = 50_000


class EndedAlerts:
    """Remembers what was ended, whether or not it has been heard of: an old alert may arrive after its successor.

    An end holds for what was said of the alert up to then. Words that are no alarm themselves (a test, an exercise) end
    no alert that is one.
    """

    def __init__(self) -> None:
        #: agency -> id -> until when (epoch seconds) it is ended: by an alert that counts, by any other
        self._ended: dict[str, dict[str, tuple[float, float]]] = {}
        self._count = 0

    def note(self, report: Report) -> list[str]:
        """Take in what an alert says of others of its agency; the ids that it names."""
        alert = report.body
        assert isinstance(alert, Alert)
        named = [one for one in dict.fromkeys((*alert.supersedes, *alert.cancels)) if one != alert.id]
        real, at = counts(report), report.reported_at.timestamp()
        for one in named[:_AGENCY_LIMIT]:
            known = self._ended.get(report.agency, {}).get(one)
            earnest, other = known or (_NEVER, _NEVER)
            self._keep(report.agency, one, (max(earnest, at), other) if real else (earnest, max(other, at)))
        return named

    def is_over(self, report: Report) -> bool:
        """Whether an alert was ended by a later word of its agency."""
        earnest, other = self._ended.get(report.agency, {}).get(report.body.id, (_NEVER, _NEVER))
        return report.reported_at.timestamp() <= (earnest if counts(report) else max(earnest, other))

    def kept(self) -> list[EndedAlert]:
        """All that is remembered."""
        return [EndedAlert(agency, one, *ends) for agency, ended in self._ended.items() for one, ends in ended.items()]

    def adopt(self, kept: Iterable[EndedAlert]) -> None:
        """Remember this, and nothing else."""
        self._ended.clear()
        self._count = 0
        for one in kept:
            self._keep(one.agency, one.id, (one.earnest, one.other))

    def _keep(self, agency: str, alert: str, ends: tuple[float, float]) -> None:
        ended = self._ended.setdefault(agency, {})
        if alert not in ended:
            if len(ended) >= _AGENCY_LIMIT:
                self._forget_oldest(agency)
            elif self._count >= _LIMIT:  # whoever fills the most pays for it
                self._forget_oldest(max(self._ended, key=lambda one: len(self._ended[one])))
            self._count += 1
        ended[alert] = ends

    def _forget_oldest(self, agency: str) -> None:
        ended = self._ended[agency]
        del ended[next(iter(ended))]
        self._count -= 1


def counts(report: Report) -> bool:
    """Whether a report is of the real world: no exercise, and an alert no test, draft or system message."""
    return not report.exercise and (not isinstance(report.body, Alert) or is_actual(report.body))
