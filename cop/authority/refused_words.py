"""Words that were not taken, as conflicts: one line for the same fault of the same agency."""

from datetime import datetime, timedelta

from cop.authority.called import Called
from cop.authority.kept import Kept
from cop.domain.batch import RefusedWord
from cop.domain.rules.conflict_places import refused_words
from cop.picture.change import Change
from cop.picture.picture import Picture

#: so long it is told
TOLD_FOR = timedelta(hours=1)


class RefusedWords:
    """Reads the picture's list of refusals when it grew, and lets go of what is long past."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._names = Called(picture)
        self.kept = Kept()
        self._ends: datetime | None = None
        #: since when each is told, also when the list no longer holds its first word
        self._since: dict[tuple[str, str, str], datetime] = {}

    def take(self, change: Change, now: datetime) -> None:
        """What a pulse changed."""
        if change.refusals:
            self.renew(now)

    def tick(self, now: datetime) -> None:
        """What is long past goes."""
        if self._ends is not None and now >= self._ends:
            self.renew(now)

    def renew(self, now: datetime) -> None:
        """Read the list again."""
        words: dict[tuple[str, str, str], list[RefusedWord]] = {}
        for word in self._picture.refusals:
            if now - word.at < TOLD_FOR:
                words.setdefault((word.agency, word.kind, word.reason), []).append(word)
        self._since = {key: self._since.get(key, min(one.at for one in said)) for key, said in words.items()}
        self._ends = min((one.at + TOLD_FOR for said in words.values() for one in said), default=None)
        for subject in self.kept.subjects():
            if subject not in words:
                self.kept.put(subject, ())
        for (agency, kind, reason), said in words.items():
            ids = [one.id for one in said]
            told = refused_words(
                agency, kind, reason, ids=ids, since=self._since[agency, kind, reason], names=self._names
            )
            self.kept.put((agency, kind, reason), (told,))
