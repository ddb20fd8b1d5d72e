"""What all parts of a review look at: the words, the picture at the end, exercise time, and the stretch reviewed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from cop.exercise.review.figures import Told
from cop.exercise.review.pace import ExerciseTime
from cop.exercise.review.words import Key, Word, Words
from cop.picture.names import agency_name, incident_title, one_line, spelled_out
from cop.picture.picture import Picture


@dataclass(frozen=True, slots=True)
class Scope:
    """From `begins` to `ends` (epoch seconds); `picture` is the one at the end.

    `by_clause` names the clause of each task that one had accepted when it was asked.
    """

    words: Words
    picture: Picture
    time: ExerciseTime
    begins: float
    ends: float
    by_clause: Mapping[Key, str]

    @property
    def ends_at(self) -> datetime:
        """The end as aware UTC."""
        return datetime.fromtimestamp(self.ends, UTC)

    def elapsed(self, begin: datetime, end: datetime) -> float:
        """Exercise seconds between two moments, 0 where the end lies before, or clocks say so."""
        return round(self.time.elapsed(begin.timestamp(), end.timestamp()), 3)

    def within(self, at: datetime) -> bool:
        """Whether a moment is reviewed."""
        return self.begins <= at.timestamp() <= self.ends

    def name(self, agency: str) -> str:
        """What an agency calls itself."""
        return agency_name(self.picture, agency) if agency else "—"

    def unit_name(self, key: Key) -> str:
        """A unit's callsign, else its id."""
        unit = self.words.units().get(key)
        return one_line(unit.callsign if unit is not None else "") or one_line(key[1]) or "—"

    def incident_name(self, key: Key) -> str:
        """An incident's title by its newest word, else its id; also of one that is gone."""
        word = self.words.newest("incident", key)
        return (incident_title(word.report) if word is not None else "") or one_line(key[1]) or "—"

    def same(self, key: Key) -> frozenset[Key]:
        """This incident under all its names."""
        return frozenset({key, *self.picture.same.of(key)})


def told(word: Word, at: datetime | None = None) -> Told:
    """The moment of a word, or another that it speaks of, read by the same clock."""
    moment = word.at if at is None else at - (word.report.body.at - word.at)
    return Told(at=moment, record=word.record, kept=at is None and word.retained and word.report.body.rev > 1)


def named(key: Key) -> str:
    """ "agency/id", as figures name objects."""
    return f"{key[0]}/{key[1]}" if key[1] else ""


def key_in(name: str) -> Key:
    """The key of a name like that."""
    agency, _, object_id = name.partition("/")
    return agency, object_id


def called(agency: str) -> str:
    """An agency's id in words, where no picture is at hand."""
    return spelled_out(agency)
