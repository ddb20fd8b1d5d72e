"""What is wrong with agreements, for those who write them: `cop agreement check`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from cop.authority.areas import Atlas
from cop.authority.contradictions import Contradiction, contradictions, km2_words, leads_words
from cop.authority.lines import Path as Keys
from cop.authority.problem import Problem, Severity, listed, shown
from cop.authority.reading import ReadFile, read_files
from cop.authority.uncovered import Uncovered, uncovered
from cop.domain.agreement import EVERYONE, Agreement, AidClause, Area, AreaTerms, Clause, Term
from cop.domain.words import INCIDENT_TYPES, UNIT_KINDS, label
from cop.picture.ground import Ground

#: of an agency, how many units of each kind it has
Units = Mapping[str, Mapping[str, int]]
_MOST_CONTRADICTIONS = 200


@dataclass(frozen=True, slots=True)
class Report:
    """What was read and what is wrong with it, in the order of files and lines; where nobody leads."""

    files: tuple[ReadFile, ...]
    problems: tuple[Problem, ...]
    uncovered: tuple[Uncovered, ...]

    @property
    def errors(self) -> int:
        """How many problems are more than notes."""
        return sum(one.severity == "error" for one in self.problems)

    @property
    def terms(self) -> tuple[Term, ...]:
        """The clauses that can be applied."""
        return tuple(term for file in self.files for term in file.terms)


def check(
    paths: Sequence[Path], ground: Ground, region: Path | None, *, at: datetime, units: Units | None = None
) -> Report:
    """Read agreements and look for what is wrong with each, and between them. Without `units` no kinds are checked."""
    files, problems = read_files(paths, Atlas(ground, region))
    for file in files:
        problems += file.problems
        if file.agreement is not None:
            problems += _of_agreement(file, file.agreement, at)
            problems += _of_clauses(file, file.agreement, units)
    terms = [term for file in files for term in file.terms]
    problems += _contradicting(files, terms)
    return Report(tuple(files), tuple(sorted(set(problems))), tuple(uncovered(terms, ground, at)))


def _of_agreement(file: ReadFile, agreement: Agreement, at: datetime) -> Iterator[Problem]:
    try:
        today = at.astimezone(ZoneInfo(agreement.zone)).date()
    except (KeyError, ValueError, OSError):
        return  # told when the file was read
    until = agreement.in_force_until
    if until is not None and until < today:
        words = f"it is over since {until:%d %b %Y}: none of its clauses holds"
        yield file.problem(("in_force_until",), words)
    elif agreement.in_force_from > today:
        words = f"it is not in force before {agreement.in_force_from:%d %b %Y}"
        yield file.problem(("in_force_from",), words, "warning")
    signed = {one.party for one in agreement.signatories}
    if missing := [party for party in agreement.parties if party not in signed]:
        yield file.problem(("parties",), f"nobody has signed for {listed(missing, last='and')}", "warning")
    used = {name for area in _areas(agreement) for name in (*area.inside_all, *area.inside_any, *area.but_not)}
    used |= {clause.area for clause in agreement.clauses if isinstance(clause.area, str)}
    for index, area in enumerate(agreement.areas):
        if area.id not in used and len(file.terms) == len(agreement.clauses):
            yield file.problem(("areas", index, "id"), f'no clause speaks of the area "{shown(area.id)}"', "warning")


def _areas(agreement: Agreement) -> Iterator[Area | AreaTerms]:
    yield from agreement.areas
    yield from (clause.area for clause in agreement.clauses if not isinstance(clause.area, str))


def _of_clauses(file: ReadFile, agreement: Agreement, units: Units | None) -> Iterator[Problem]:
    for index, clause in _numbered(file, agreement):
        path: Keys = ("clauses", index)
        times = clause.times
        if times.begins == times.ends != time(0):
            words = f"from {times.begins:%H:%M} to {times.ends:%H:%M} is no time; leave both away for the whole day"
            yield file.problem((*path, "times", "begins"), words)
        if not isinstance(clause, AidClause):
            continue
        if set(clause.takers) == {clause.giver}:
            yield file.problem((*path, "takers"), f"{clause.giver} gives to itself alone")
        if clause.mode == "direct" and clause.answer_within_min is not None:
            words = "a direct clause asks nobody: answer_within_min says nothing here"
            yield file.problem((*path, "answer_within_min"), words, "warning")
        if clause.mode == "direct" and clause.quantity is None:
            words = f"{clause.giver} gives as many as are wanted, unasked: is no quantity meant?"
            yield file.problem((*path, "mode"), words, "warning")
        if units is not None:
            yield from _of_units(file, path, clause, units)


def _of_units(file: ReadFile, path: Keys, clause: AidClause, units: Units) -> Iterator[Problem]:
    """What a giver gives and does not have."""
    owned = units.get(clause.giver)
    if owned is None:
        words = f"what units {clause.giver} has is not known: the kinds are not checked"
        yield file.problem((*path, "giver"), words, "warning")
        return
    has = listed((label(UNIT_KINDS, kind).lower() for kind in sorted(owned)), last="and") or "no units"
    for place, kind in enumerate(clause.kinds):
        if kind != EVERYONE and kind not in owned:
            words = f"{clause.giver} has no unit of the kind {label(UNIT_KINDS, kind).lower()}; it has {has}"
            # one whose kind was not said may be it
            yield file.problem((*path, "kinds", place), words, "warning" if "unknown" in owned else "error")
    named = set(clause.kinds) - {EVERYONE}
    count = sum(number for kind, number in owned.items() if not named or kind in named)
    if not owned:
        yield file.problem((*path, "giver"), f"{clause.giver} has no units to give")
    elif clause.quantity is not None and 0 < count < clause.quantity:
        words = f"{clause.giver} gives {clause.quantity}, but has {count}"
        yield file.problem((*path, "quantity"), words, "warning")


def _numbered(file: ReadFile, agreement: Agreement) -> Iterator[tuple[int, Clause]]:
    """The clauses with their numbers in the file: those that could not be read are not among them."""
    yield from zip(file.clauses or range(len(agreement.clauses)), agreement.clauses, strict=True)


def _contradicting(files: Sequence[ReadFile], terms: Sequence[Term]) -> Iterator[Problem]:
    places = {term.key: (file, index) for file in files for index, term in enumerate(file.terms)}
    for number, one in enumerate(contradictions(terms)):
        if number == _MOST_CONTRADICTIONS:
            file, index = places[one.first.key]
            yield file.problem(("clauses", index), "there are more contradictions than can be listed")
            return
        file, index = places[one.second.key]
        other, other_index = places[one.first.key]
        line = other.lines.line(("clauses", other_index))
        where = f"line {line}" if other is file else f"{shown(other.name)}:{line}"
        yield file.problem(("clauses", index), _contradiction_words(one, where))


def _contradiction_words(one: Contradiction, where: str) -> str:
    types = listed((label(INCIDENT_TYPES, each).lower() for each in one.types), last="and") or "all incidents"
    place = "everywhere"
    if one.area_km2 is not None:
        place = f"on {km2_words(one.area_km2)} of both, as at {one.lat:.4f}, {one.lon:.4f}"
    precedence = getattr(one.second.clause, "precedence", "")
    return (
        f"for {types} {leads_words(one.second)}, but by {one.first.words} ({where}) {leads_words(one.first)}, "
        f"{place}; both have precedence {precedence}: the one that goes before needs a lower"
    )


def severity_words(problems: Sequence[Problem]) -> str:
    """How many of which: "2 errors, 1 note"."""
    found: list[str] = []
    kinds: tuple[tuple[Severity, str], ...] = (("error", "error"), ("warning", "note"))
    for severity, word in kinds:
        count = sum(one.severity == severity for one in problems)
        if count:
            found.append(counted(count, word))
    return ", ".join(found) or "nothing wrong"


def counted(count: int, what: str) -> str:
    """So many of them: "1 clause", "65 clauses"."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
