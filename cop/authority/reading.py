"""Agreement files: what they say, on what ground, and all that is wrong with them.

A file with a fault is not applied at all: half an agreement is none. The others are, so no file stops a desk.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import shapely

from cop.authority.areas import AreaError, Areas, Atlas, Place
from cop.authority.forms import Form, agreement_of
from cop.authority.lines import Lines
from cop.authority.lines import Path as Keys
from cop.authority.problem import Problem, Severity, listed, shown
from cop.authority.toml_words import meant, of_syntax
from cop.domain.agreement import (
    EVERYONE,
    Agreement,
    Agreements,
    AidClause,
    AnyClause,
    AreaTerms,
    EscalateClause,
    LeadClause,
    ShareClause,
    Term,
)
from cop.domain.consent import can_be_named
from cop.domain.words import INCIDENT_TYPES, UNIT_KINDS
from cop.picture.ground import Ground

_LARGEST = 1_000_000
#: a key of so many parts is no key of ours, and the standard reader takes minutes for thousands of parts
_DOTTED = re.compile(rb"(?:[^\s.=]+[ \t]*\.[ \t]*){64}[^\n]*=|^[ \t]*\[+(?:[^\n.]*\.){64}", re.MULTILINE)
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as it was read; `agreement` None where it says none that could be used. `terms` are its clauses.

    If the file has faults, `agreement` may be without some of its clauses: `clauses` are the numbers of those it has.
    """

    name: str
    agreement: Agreement | None
    lines: Lines
    problems: tuple[Problem, ...]
    terms: tuple[Term, ...] = ()
    clauses: tuple[int, ...] = ()

    def problem(self, path: Keys, words: str, severity: Severity = "error", *, refused: bool = False) -> Problem:
        """Something wrong with what stands at a path of the file."""
        number = self.lines.text(("clauses", path[1], "number")) if len(path) > 1 and path[0] == "clauses" else ""
        return Problem(self.name, self.lines.line(path), number, words, severity, refused)


@dataclass(slots=True)
class _Faults:
    """Collects what is wrong with a file."""

    file: ReadFile
    found: list[Problem] = field(default_factory=list)

    def tell(self, path: Keys, words: str) -> None:
        """Something for which the agreement is not applied."""
        self.found.append(self.file.problem(path, words, refused=True))

    def note(self, path: Keys, words: str) -> None:
        """Something wrong with which it is applied all the same."""
        self.found.append(self.file.problem(path, words))


def load_agreements(
    paths: Iterable[Path], ground: Ground, region: Path | None = None
) -> tuple[Agreements, list[Problem]]:
    """The agreements in these files and folders, and what is wrong with those that cannot be used.

    Zone files lie beside the agreements, roads in the `roads.geojson` of `region`. Never raises for what is in a file.
    """
    files, problems = read_files(paths, Atlas(ground, region))
    terms = [term for file in files for term in file.terms]
    wrong = sorted({*problems, *(problem for file in files for problem in file.problems)})
    return Agreements(terms, incomplete=any(one.severity == "error" for one in wrong)), wrong


def read_files(paths: Iterable[Path], atlas: Atlas) -> tuple[list[ReadFile], list[Problem]]:
    """Each file once, in the order of their names; and what is wrong with the paths."""
    found, problems = agreement_files(paths)
    read = [read_file(path, atlas) for path in found]
    return _each_once(read), problems


def agreement_files(paths: Iterable[Path]) -> tuple[list[Path], list[Problem]]:
    """The files that are named, and all *.toml of the folders that are; and those that are not there."""
    files: dict[Path, Path] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            named = sorted(path.glob("*.toml")) if path.is_dir() else [path]
            if not path.exists():
                raise FileNotFoundError(2, "there is no such file or folder")
        except OSError as error:
            problems.append(Problem(str(path), 0, "", f"cannot be read: {error.strerror}", refused=True))
            continue
        for one in named:
            files.setdefault(_resolved(one), one)
    return [files[key] for key in sorted(files)], problems


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # links that lead to one another: told when the file is read
        return path.absolute()


def read_file(path: Path, atlas: Atlas) -> ReadFile:
    """What a file says, with its ground. Never raises for what is in the file."""
    name = str(path)
    try:
        if path.stat().st_size > _LARGEST:
            return _unreadable(name, 0, f"is larger than {_LARGEST:,} bytes: no agreement is")
        content = path.read_bytes()
    except OSError as error:
        return _unreadable(name, 0, f"cannot be read: {error.strerror}")
    return read_text(content, name, atlas, path.parent)


def read_text(content: bytes, name: str, atlas: Atlas, folder: Path | None = None) -> ReadFile:
    """As `read_file`, of its bytes."""
    try:
        text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _unreadable(name, line, "is no text in UTF-8: save it as that in the editor")
    if _DOTTED.search(content):
        return _unreadable(name, 0, "has a key of more than 64 parts: no agreement has")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _no_toml(name, text, str(error))
    except (RecursionError, ValueError, OverflowError):
        return _unreadable(name, 0, "holds a value within so many others, or so large, that it cannot be read")
    file = ReadFile(name, None, Lines(text), ())
    faults = _Faults(file)
    form = agreement_of(table, faults.tell)
    terms: list[Term] = []
    agreement = form.agreement if form is not None else None
    clauses = form.clauses if form is not None else ()
    if form is not None and agreement is not None:
        _check_form(form, faults)
        places = _places(form, faults, Areas(agreement, atlas, folder))
        _check_words(form, faults)
        if not any(problem.refused for problem in faults.found):
            terms = [
                Term(agreement, clause, place.geometry, place.words)
                for clause, place in zip(agreement.clauses, places, strict=True)
            ]
    return ReadFile(name, agreement, file.lines, tuple(sorted(set(faults.found))), tuple(terms), clauses)


def _unreadable(name: str, line: int, words: str, clause: str = "") -> ReadFile:
    return ReadFile(name, None, Lines(""), (Problem(name, line, clause, words, refused=True),))


def _no_toml(name: str, text: str, error: str) -> ReadFile:
    line, words = of_syntax(error)
    line = line or text.count("\n") + (not text.endswith("\n"))
    found = Lines(text)
    clause = found.entry_at("clauses", line)
    number = found.text(("clauses", clause, "number")) if clause is not None else ""
    return _unreadable(name, line, words, number)


def _each_once(read: Sequence[ReadFile]) -> list[ReadFile]:
    """Of two files that say they are the same agreement neither is applied: nobody knows which one holds."""
    ids: dict[str, list[ReadFile]] = {}
    for file in read:
        if file.agreement is not None:
            ids.setdefault(file.agreement.id, []).append(file)
    kept: list[ReadFile] = []
    for file in read:
        same = ids[file.agreement.id] if file.agreement is not None else []
        others = listed((one.name for one in same if one is not file), last="and")
        if file.agreement is not None and others:
            words = f'the id "{file.agreement.id}" is that of {others} too: neither is applied'
            problem = file.problem(("id",), words, refused=True)
            kept.append(ReadFile(file.name, file.agreement, file.lines, (*file.problems, problem)))
        else:
            kept.append(file)
    return kept


def _check_form(form: Form, faults: _Faults) -> None:
    """What types cannot say."""
    agreement = form.agreement
    until = agreement.in_force_until
    if until is not None and until < agreement.in_force_from:
        faults.tell(("in_force_until",), f"it ends on {until}, before it begins on {agreement.in_force_from}")
    if words := _no_zone(agreement.zone):
        faults.tell(("zone",), words)
    if form.whole and not agreement.clauses:
        faults.tell((), "an agreement without clauses says nothing: they begin with [[clauses]]")
    areas = [area.id for area in agreement.areas]
    for index, area in enumerate(areas):
        if area in areas[:index]:
            faults.tell(("areas", form.areas[index], "id"), f'two areas are called "{shown(area)}"')
    numbers = [clause.number for clause in agreement.clauses]
    for index, clause in enumerate(agreement.clauses):
        path: Keys = ("clauses", form.clauses[index])
        if clause.number in numbers[:index]:
            first = faults.file.lines.line(("clauses", form.clauses[numbers.index(clause.number)], "number"))
            faults.tell((*path, "number"), f"there is another §{shown(clause.number)} in line {first}")
        if isinstance(clause, AidClause | ShareClause) and not can_be_named(agreement.id, clause.number):
            words = "nobody could pause or withdraw it: a number holds no /, + or #, and is shorter"
            faults.tell((*path, "number"), words)
        if words := _no_zone(clause.times.zone):
            faults.tell((*path, "times", "zone"), words)
        if isinstance(clause, LeadClause):
            _check_lead(clause, path, faults)
        for key, party in _named_parties(clause):
            if party != EVERYONE and not _ID.fullmatch(party):
                faults.tell((*path, key), f'{key}: "{shown(party)}" is no id of an agency')
            elif party != EVERYONE and party not in agreement.parties:
                hint = meant(party, agreement.parties)
                faults.tell((*path, key), f'{key}: "{shown(party)}" is not a party to this agreement{hint}')
    for index, signatory in enumerate(agreement.signatories):
        if signatory.party not in agreement.parties:
            hint = meant(signatory.party, agreement.parties)
            words = f'"{shown(signatory.party)}" is not a party to this agreement{hint}'
            faults.note(("signatories", index, "party"), words)


def _check_lead(clause: LeadClause, path: Keys, faults: _Faults) -> None:
    said = [name for name in ("leads", "unified", "closest_of") if getattr(clause, name)]
    if len(said) != 1:
        what = f"{listed(said, last='and')} are said" if said else "none is"
        faults.tell(
            (*path, said[-1] if said else "kind"), f"who leads is said by one of leads, unified or closest_of; {what}"
        )
    for name in ("unified", "closest_of"):
        named = getattr(clause, name)
        if named and len(set(named)) < 2:
            faults.tell((*path, name), f"{name} names two agencies or more; one alone stands in leads")
    if clause.leads == EVERYONE:
        faults.tell((*path, "leads"), 'leads names an agency: all cannot lead; "unified" names several')


def _named_parties(clause: AnyClause) -> list[tuple[str, str]]:
    """The agencies that a clause names, each with its key."""
    if isinstance(clause, LeadClause):
        lists = {"leads": (clause.leads,) if clause.leads else (), "unified": clause.unified}
        lists["closest_of"] = clause.closest_of
    elif isinstance(clause, AidClause):
        lists = {"giver": (clause.giver,), "takers": clause.takers}
    elif isinstance(clause, ShareClause):
        lists = {"giver": (clause.giver,), "to": clause.to}
    else:
        assert isinstance(clause, EscalateClause)
        lists = {"decides": (clause.decides,)}
    return [(key, party) for key, parties in lists.items() for party in parties]


def _places(form: Form, faults: _Faults, areas: Areas) -> list[Place]:
    """The ground of each clause. An area that has none is told once, where it stands, not at each clause of it."""
    faulty = set(form.faulty_areas)

    def made(area: str | AreaTerms, path: Keys, own: str = "") -> Place | None:
        try:
            return areas.of(area)
        except AreaError as error:
            if error.area in faulty or error.area not in ("", own):
                return None  # told where that area stands
            faults.tell((*path, error.field) if error.field else path, str(error))
        except shapely.errors.ShapelyError as error:
            faults.tell(path, f"its ground cannot be made: {shown(str(error), 120)}")
        return None

    for index, area in zip(form.areas, form.agreement.areas, strict=True):
        if made(area.id, ("areas", index), area.id) is None:
            faulty.add(area.id)
    places: list[Place] = []
    for index, clause in zip(form.clauses, form.agreement.clauses, strict=True):
        is_told = isinstance(clause.area, str) and clause.area in faulty
        place = None if is_told else made(clause.area, ("clauses", index, "area"))
        places.append(place or Place(None, ""))
    return places


def _check_words(form: Form, faults: _Faults) -> None:
    """Words that no table has: a clause about them never speaks, unless a feed brings them."""
    for index, clause in zip(form.clauses, form.agreement.clauses, strict=True):
        for place, one in enumerate(clause.types):
            if one not in INCIDENT_TYPES:
                words = f'there is no incident type "{shown(one)}"{meant(one, INCIDENT_TYPES)}'
                faults.note(("clauses", index, "types", place), words)
        for place, one in enumerate(clause.kinds if isinstance(clause, (AidClause, ShareClause)) else ()):
            if one not in UNIT_KINDS and one != EVERYONE:
                words = f'there is no kind of unit "{shown(one)}"{meant(one, UNIT_KINDS)}'
                faults.note(("clauses", index, "kinds", place), words)


def _no_zone(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return f'there is no time zone "{shown(zone)}": they are called as America/New_York'
    return ""
