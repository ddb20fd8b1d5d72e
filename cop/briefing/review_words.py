"""What a review says in words: durations, times, records, and what stood out; for the page and the paper alike."""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import NamedTuple

from cop.domain.words import TASK_STATES, label
from cop.exercise.review.figures import AgencyTimes, Led, Response, Review, Spell, Stood, Times, Told
from cop.exercise.review.reached import clock

#: so many records are named in a row; the rest is counted
_RECORDS = 12
_SPELLS = {
    "nobody": "nobody",
    "one": "one",
    "unified": "together",
    "contested": "contested",
    "handing_over": "one",
    "unplaced": "cannot be told: it has no place",
}
_KINDS = {
    "two_tasks": "Unit on two tasks",
    "over_committed": "More promised than there is",
    "same_incident": "Looks like one incident",
    "two_leads": "Two leads",
    "lapsed": "Clause no longer holds",
    "overdue": "No answer in time",
    "in_hot_zone": "Unit in a hot zone",
    "coverage_void": "Home ground uncovered",
    "refused_word": "Message refused",
}


class Finding(NamedTuple):
    """One sentence about what stood out, and the records it comes from; `weight` puts the heavier first."""

    weight: float
    words: str
    records: tuple[int, ...]


class TimesWords(NamedTuple):
    """A row of durations as text: median, 90th percentile, slowest."""

    median: str
    p90: str
    slowest: str


class Sayer:
    """Says figures: times in `zone` (of this computer without one), agencies and incidents by name."""

    def __init__(self, review: Review, zone: tzinfo | None = None) -> None:
        self.review = review
        self._zone = zone
        self._days = (review.ends - review.begins).total_seconds() > 20 * 3600 or (
            review.begins.astimezone(zone).date() != review.ends.astimezone(zone).date()
        )
        self._tasks: Mapping[str, Response] = {one.task: one for one in review.responses}

    def time(self, at: datetime | None) -> str:
        """A time of day; with the day where the review is of several."""
        if at is None:
            return "—"
        local = at.astimezone(self._zone)
        begins = self.review.begins.astimezone(self._zone)
        day = f"{local:%d %b} " if self._days or local.date() != begins.date() else ""
        return f"{day}{local:%H:%M:%S}"

    def day(self, at: datetime) -> str:
        """A time with its day and offset."""
        local = at.astimezone(self._zone)
        return f"{local:%A %d %B %Y, %H:%M:%S} (UTC{_offset(local)})"

    def from_to(self, begins: datetime, ends: datetime) -> str:
        """From when to when, with the day, or the two."""
        first, last = begins.astimezone(self._zone), ends.astimezone(self._zone)
        if first.date() == last.date():
            return f"{first:%A %d %B %Y, %H:%M:%S} to {last:%H:%M:%S} (UTC{_offset(last)})"
        return f"{self.day(begins)} to {self.day(ends)}"

    @property
    def zone_words(self) -> str:
        """By which clock times of day are said."""
        return f"UTC{_offset(self.review.begins.astimezone(self._zone))}"

    def told(self, told: Told | None) -> str:
        """A moment of the record; one that may have been earlier says so."""
        if told is None:
            return "—"
        return f"{'by ' if told.kept else ''}{self.time(told.at)}"

    def duration(self, seconds: float | None, told: Told | None = None) -> str:
        """A duration; of one that ends at a word that was heard only as it was kept, the longest it can have been."""
        if seconds is None:
            return "—"
        return f"{'≤ ' if told is not None and told.kept else ''}{clock(seconds)}"

    def agency(self, agency: str) -> str:
        """An agency by its name."""
        return self.review.names.get(agency, agency) or "—"

    def agencies(self, agencies: Iterable[str]) -> str:
        """Several of them."""
        return " and ".join(map(self.agency, agencies)) or "nobody"

    def incident(self, name: str) -> str:
        """An incident by its title."""
        return self.review.incidents.get(name, name.partition("/")[2]) if name else "—"

    def unit(self, one: Response) -> str:
        """The unit that was asked for, and whose it is."""
        return one.unit_name or one.unit or "any unit"

    def answer(self, one: Response) -> str:
        """What became of a request, in a few words."""
        if one.by_clause:
            return f"by {one.by_clause}"
        if one.answered is None:
            return f"{label(TASK_STATES, one.ended_as).lower()} unanswered" if one.ended_as else "NO ANSWER"
        late = ", late" if one.late else ""
        return f"{label(TASK_STATES, one.answer).lower()}{late}"

    def reasons(self, one: Response) -> list[tuple[str, int]]:
        """Declines, counters and releases with their reasons and records."""
        said = []
        for place, each in enumerate(one.said):
            # what the answer is says the word before it
            state = "" if place == 0 and each.state == one.answer else label(TASK_STATES, each.state).lower()
            offers = f"offers {each.offers}" if each.offers else ""
            words = ", ".join(filter(None, (state, offers, each.reason or "no reason given")))
            said.append((words, each.told.record))
        return said

    def times(self, times: Times) -> TimesWords:
        """Durations of one kind as text."""
        task = self._tasks.get(times.slowest)
        whose = f" ({self.unit(task)})" if task is not None else ""
        slowest = self.duration(times.slowest_s)
        return TimesWords(
            self.duration(times.median_s),
            self.duration(times.p90_s),
            f"{slowest}{whose}" if times.count else "—",
        )

    def spell(self, spell: Spell) -> str:
        """Who led, and how long."""
        who = self.agencies(spell.who) if spell.who else _SPELLS.get(spell.what, spell.what)
        how = f", {_SPELLS[spell.what]}" if spell.what in {"contested", "unified"} else ""
        return f"{self.time(spell.begins.at)} {who}{how} ({clock(spell.seconds)})"

    def conflict(self, kind: str) -> str:
        """What kind of conflict it is."""
        return _KINDS.get(kind, label({}, kind))


def records_words(records: Iterable[int]) -> list[int]:
    """The first records of some, in order, without those that are none."""
    return sorted({one for one in records if one > 0})[:_RECORDS]


def more_records(records: Iterable[int]) -> int:
    """How many there are beyond these."""
    return max(0, len({one for one in records if one > 0}) - _RECORDS)


def findings(review: Review, say: Sayer) -> list[Finding]:
    """What stood out, the heaviest first: what was not answered, not led, not seen, in conflict, silent."""
    found: list[Finding] = []
    for one in review.responses:
        if one.unanswered:
            words = (
                f"{say.agency(one.owner)} did not answer {say.agency(one.asker)}'s request for {say.unit(one)} "
                f"(“{one.objective}”): {clock(one.waited_s)} without a word"
            )
            found.append(Finding(2000 + one.waited_s, f"{words}.", (one.asked.record,)))
    found += _of_agencies(review.agencies, say)
    found += _of_leads(review.led, say)
    found += _of_conflicts(review.conflicts, say)
    places = [one for one in review.unseen if one.kind == "place"]
    for agency in sorted({one.agency for one in places}):
        mine = [one for one in places if one.agency == agency]
        units = ", ".join(dict.fromkeys(one.what for one in mine[:4]))
        words = f"{say.agency(agency)} could not see units beside which it worked: {units}"
        words += f" and {len(mine) - 4} more" if len(mine) > 4 else ""
        found.append(Finding(600 + len(mine), f"{words}.", tuple(n for one in mine for n in one.records)))
    silent = [one for one in review.silences if one.real_s >= 60]
    if silent:
        longest = max(silent, key=lambda one: one.real_s)
        many = f"{len(silent)} silences of a minute or more; the longest" if len(silent) > 1 else "A silence"
        words = f"{many}: {say.agency(longest.agency)} for {clock(longest.real_s)} from {say.time(longest.begins.at)}"
        found.append(Finding(300 + longest.real_s / 60, f"{words}.", (longest.begins.record,)))
    refused = [one for one in review.unseen if one.kind == "refused"]
    if refused:
        count = sum(one.count for one in refused)
        words = f"{count:,} message{'s' if count > 1 else ''} could not be used; most from {refused[0].of}"
        found.append(Finding(200, f"{words}.", tuple(n for one in refused for n in one.records)))
    return sorted(found, key=lambda one: -one.weight)


def _of_agencies(agencies: Iterable[AgencyTimes], say: Sayer) -> list[Finding]:
    found = []
    for one in agencies:
        declined = [task for task in one.declined if task not in one.unanswered]
        if declined:
            words = f"{one.name} declined {len(declined)} of {one.requests} request{'s' if one.requests > 1 else ''}"
            found.append(Finding(400 + len(declined), f"{words}.", one.to_answer.records))
    slow = [one for one in agencies if (one.to_answer.slowest_s or 0) >= 120]
    for one in sorted(slow, key=lambda each: -(each.to_answer.slowest_s or 0))[:2]:
        words = f"{one.name} took {clock(one.to_answer.slowest_s or 0)} for its slowest answer"
        found.append(Finding(500 + (one.to_answer.slowest_s or 0) / 60, f"{words}.", one.to_answer.records))
    return found


def _of_leads(every: Iterable[Led], say: Sayer) -> list[Finding]:
    found = []
    every = list(every)
    never = [one for one in every if one.no_command_s >= 300 and not any(spell.who for spell in one.commands)]
    if never:
        names = ", ".join(f"{one.title} ({clock(one.no_command_s)})" for one in never[:6])
        names += f" and {len(never) - 6} more" if len(never) > 6 else ""
        found.append(Finding(800, f"Nobody took command of {names}.", tuple(one.known.record for one in never)))
    for one in every:
        if one.no_command_s >= 120 and one not in never:
            words = f"Nobody was in command of {one.title} for {clock(one.no_command_s)}"
            found.append(Finding(900 + min(one.no_command_s, 3600) / 60, f"{words}.", _records(one.commands[:2])))
        if one.two_commands_s:
            words = f"Two claimed command of {one.title} for {clock(one.two_commands_s)}"
            found.append(Finding(1800 + one.two_commands_s, f"{words}.", _records(one.commands)))
        if one.two_leads_s:
            words = f"The agreements named two leads for {one.title} for {clock(one.two_leads_s)}"
            found.append(Finding(1500 + one.two_leads_s, f"{words}.", _records(one.leads)))
        if one.no_lead_s:
            words = f"No agreement and no ground named a lead for {one.title} for {clock(one.no_lead_s)}"
            found.append(Finding(1400 + one.no_lead_s, f"{words}.", _records(one.leads)))
    return found


def _records(spells: Iterable[Spell]) -> tuple[int, ...]:
    return tuple(one.begins.record for one in spells)


def _of_conflicts(every: Iterable[Stood], say: Sayer) -> list[Finding]:
    by_kind: dict[str, list[Stood]] = {}
    for one in every:
        by_kind.setdefault(one.kind, []).append(one)
    found = []
    for kind, mine in by_kind.items():
        longest = max(mine, key=lambda one: one.seconds)
        times = f"{len(mine)} times; the longest" if len(mine) > 1 else "once"
        words = f"{say.conflict(kind)}, {times} {clock(longest.seconds)}: {longest.words}"
        found.append(Finding(700 + min(longest.seconds, 3600) / 60, f"{words}.", longest.records))
    return found


def _offset(local: datetime) -> str:
    offset = local.utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset is not None else 0
    sign = "+" if minutes >= 0 else "−"
    return f"{sign}{abs(minutes) // 60}" + (f":{abs(minutes) % 60:02}" if minutes % 60 else "")
