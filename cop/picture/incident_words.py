"""The words of incidents, kept apart from their newest reports: one that says nothing takes nothing away."""

import msgspec

from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.rules.newer import is_newer_report
from cop.domain.rules.wordless import is_wordless, with_words
from cop.picture.change import Key


class IncidentWords:
    """Remembers of each incident the newest report with words, and the newest one if that has none.

    A feed's adapter knows what it heard of an incident until its process is restarted; the picture knows for longer.
    """

    def __init__(self) -> None:
        self._worded: dict[Key, Report] = {}
        self._wordless: dict[Key, Report] = {}

    def newest(self, key: Key, shown: Report | None) -> Report | None:
        """The newest report as it came, of an incident that is shown so."""
        return self._wordless.get(key, shown)

    def note(self, report: Report) -> bool:
        """Take in a report of any age; whether it gives words to a newer one that has none."""
        key, body = report.key, report.body
        assert isinstance(body, Incident)
        if body.deleted or is_wordless(body):
            return False
        known = self._worded.get(key)
        if known is not None and not is_newer_report(report, known):
            return False
        self._worded[key] = report
        return key in self._wordless

    def shown(self, newest: Report) -> Report:
        """What is shown of the newest report of an incident: with the words said before, if it has none itself."""
        key, body = newest.key, newest.body
        assert isinstance(body, Incident)
        self._wordless.pop(key, None)
        self.note(newest)
        if not is_wordless(body):
            return newest
        self._wordless[key] = newest
        known = self._worded.get(key)
        if known is None or (newest.exercise and not known.exercise) or not isinstance(known.body, Incident):
            return newest
        said_at = known.reported_at.isoformat(timespec="seconds").replace("+00:00", "Z")
        return msgspec.structs.replace(
            newest,
            body=with_words(body, known.body),
            exercise=known.exercise,  # nor is a drill real when its update leaves out that it is one
            losses={**newest.losses, "words": f"as said at {said_at}"},
        )

    def said(self, key: Key, shown: Report) -> list[Report]:
        """What makes an incident that is shown so, as it came: of one without words those said before come first."""
        wordless = self._wordless.get(key)
        if wordless is None:
            return [shown]
        worded = self._worded.get(key)
        return [wordless] if worded is None else [worded, wordless]

    def clear(self) -> None:
        """Nothing was said of any incident."""
        self._worded.clear()
        self._wordless.clear()

    def forget(self, key: Key) -> None:
        """The incident was taken back."""
        self._worded.pop(key, None)
        self._wordless.pop(key, None)
