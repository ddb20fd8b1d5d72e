"""What one reader sees of places, by the share clauses: what a clause speaks of is remembered from words before."""

from datetime import datetime

from cop.domain.report import Report
from cop.domain.rules.share import Case, Sharing, Shown
from cop.domain.unit import Unit


class SeenBy:
    """One reader's eyes: `party` is an agency (`share.NOBODY_NAMED` is whoever reads what is open to all)."""

    def __init__(self, sharing: Sharing, party: str, operation: str) -> None:
        self._sharing = sharing
        self._party = party
        self._operation = operation
        #: of a unit the kind: a position does not say it
        self._kinds: dict[tuple[str, str], str] = {}

    def note(self, report: Report) -> None:
        """Remember what a report says of a unit."""
        if isinstance(report.body, Unit):
            self._kinds[report.key] = report.body.kind

    def of_place(self, agency: str, unit: str, lat: float, lon: float, at: datetime) -> Shown:
        """How a place of a unit is shown to the reader at a moment."""
        case = Case(unit_kind=self._kinds.get((agency, unit), "unknown"), lat=lat, lon=lon)
        return self._sharing.shown_to(self._party, agency, case, at, operation=self._operation)
