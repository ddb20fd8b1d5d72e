"""A table of an agreement file becomes a struct, or a list of all that is wrong with it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import time
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

from cop.authority.lines import Path
from cop.authority.problem import listed, shown
from cop.authority.toml_words import meant, of_type, of_value
from cop.domain.agreement import (
    Agreement,
    AidClause,
    AnyClause,
    Area,
    AreaTerms,
    Conditions,
    EscalateClause,
    LeadClause,
    ShareClause,
    Signatory,
    Times,
)

CLAUSE_KINDS: dict[str, type[AnyClause]] = {
    "lead": LeadClause,
    "aid": AidClause,
    "share": ShareClause,
    "escalate": EscalateClause,
}
_TABLES: dict[str, type[msgspec.Struct]] = {"times": Times, "when": Conditions}
_LISTS: dict[str, type[msgspec.Struct]] = {"signatories": Signatory, "areas": Area}
_KEYS_OF_OTHERS = {
    "unit_kinds": "kinds",
    "incident_types": "types",
    "places": "area",
    "where": "area",
    "text": "says",
    "lead": "leads",
    "from": "giver",
    "owner": "giver",
    "taker": "takers",
    "begin": "begins",
    "end": "ends",
}
_FORMS = TypeVar("_FORMS", bound=msgspec.Struct)
#: a path in the file, and what is wrong there
Tell = Callable[[Path, str], None]


@dataclass(frozen=True, slots=True)
class Form:
    """The agreement of a file, or, if not `whole`, what of it can be used: to find what else is wrong.

    `clauses` and `areas` are the numbers in the file of those in the agreement; `faulty_areas` are left out of it.
    """

    agreement: Agreement
    whole: bool
    clauses: tuple[int, ...]
    areas: tuple[int, ...]
    faulty_areas: frozenset[str] = frozenset()


def agreement_of(table: dict[str, Any], tell: Tell) -> Form | None:
    """The agreement that a file says; None, after `tell`, if it does not even say what every agreement does."""
    agreement = _struct(table, Agreement, (), tell)
    if agreement is not None:
        return Form(agreement, True, tuple(range(len(agreement.clauses))), tuple(range(len(agreement.areas))))
    plain = {field.name for field in msgspec.structs.fields(Agreement)} - {"clauses", "areas", "signatories"}
    top = _struct({key: value for key, value in table.items() if key in plain}, Agreement, (), _told_before)
    if top is None:
        return None
    clauses = [(index, _clause(one, (), _told_before)) for index, one in _numbered(table.get("clauses"))]
    areas = [(index, _struct(one, Area, (), _told_before)) for index, one in _numbered(table.get("areas"))]
    lost = [one for (_, area), (_, one) in zip(areas, _numbered(table.get("areas")), strict=True) if area is None]
    return Form(
        msgspec.structs.replace(
            top,
            clauses=tuple(one for _, one in clauses if one is not None),
            areas=tuple(one for _, one in areas if one is not None),
        ),
        False,
        tuple(index for index, one in clauses if one is not None),
        tuple(index for index, one in areas if one is not None),
        frozenset(str(one.get("id")) for one in lost if isinstance(one, dict)),
    )


def _told_before(_path: Path, _words: str) -> None:
    """What is wrong was told when the whole was read."""


def _numbered(value: object) -> list[tuple[int, object]]:
    return list(enumerate(value)) if isinstance(value, list) else []


def _struct(value: object, form: type[_FORMS], path: Path, tell: Tell) -> _FORMS | None:
    if not isinstance(value, dict):
        tell(path, f"{_key(path)} is {of_value(value)}; it must be a table of keys, as {{ key = … }}")
        return None
    fields = _fields(form)
    known = [*fields, *(["kind"] if form in CLAUSE_KINDS.values() else [])]
    told = False

    def complain(where: Path, words: str) -> None:
        nonlocal told
        told = True
        tell(where, words)

    for key in value.keys() - set(known):
        above = path and key in _fields(Agreement)
        hint = "; it stands above the first heading in brackets" if above else _meant_key(key, known)
        complain((*path, key), f'"{shown(key)}" is no key that can stand here{hint}')
    for field in fields.values():
        if field.required and field.name not in value:
            complain(path, f"{field.name} is missing")
    said: dict[str, Any] = {}
    for name, field in fields.items():
        if name in value:
            said[name] = _field(value[name], field.type, name, (*path, name), complain)
    return None if told else form(**said)


@cache
def _fields(form: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.name: field for field in msgspec.structs.fields(form)}


def _field(value: object, kind: Any, name: str, path: Path, tell: Tell) -> object:
    if name in _TABLES:
        return _struct(value, _TABLES[name], path, tell)
    if name == "area" and isinstance(value, dict):
        return _struct(value, AreaTerms, path, tell)
    if name in _LISTS or name == "clauses":
        return _entries(value, name, path, tell)
    if name in {"begins", "ends"}:
        value = _hour(value)
    try:
        found = msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        deeper, words = of_type(error, value)
        entry = f", entry {int(deeper[0]) + 1}," if deeper and isinstance(deeper[0], int) else ""
        choices = _choices(kind) if "none of the words" in words else ""
        tell((*path, *deeper), f"{name}{entry} {words}{choices}")
        return None
    if isinstance(found, time) and found.tzinfo is not None:
        tell(path, f"{name} is an hour of the wall clock: the time zone stands in zone")
    return found


def _entries(value: object, name: str, path: Path, tell: Tell) -> tuple[object, ...]:
    if not isinstance(value, list):
        tell(path, f"{name} is {of_value(value)}; each of its entries begins with [[{name}]]")
        return ()
    if name == "clauses":
        return tuple(_clause(one, (*path, index), tell) for index, one in enumerate(value))
    return tuple(_struct(one, _LISTS[name], (*path, index), tell) for index, one in enumerate(value))


def _clause(value: object, path: Path, tell: Tell) -> AnyClause | None:
    kind = value.get("kind") if isinstance(value, dict) else None
    if isinstance(value, dict) and (not isinstance(kind, str) or kind not in CLAUSE_KINDS):
        said = "kind is missing" if kind is None else f"kind is {of_value(kind)}"
        tell((*path, "kind"), f"{said}; a clause is one of {listed(CLAUSE_KINDS)}")
        return None
    return _struct(value, CLAUSE_KINDS[str(kind)], path, tell) if kind else _struct(value, LeadClause, path, tell)


def _hour(value: object) -> object:
    """Hours and minutes are enough; 24:00 is the end of the day."""
    if not isinstance(value, str):
        return value
    return "00:00:00" if value in {"24:00", "24:00:00"} else f"{value}:00" if len(value) == len("22:00") else value


def _key(path: Path) -> str:
    return shown(str(path[-1])) if path and isinstance(path[-1], str) else "an entry"


def _meant_key(key: str, known: Iterable[str]) -> str:
    other = _KEYS_OF_OTHERS.get(key)
    known = list(known)
    return f'; did you mean "{other}"?' if other in known else meant(key, known)


def _choices(kind: Any) -> str:
    """The words of a list of words, or of one."""
    while get_args(kind) and get_origin(kind) is not Literal:
        kind = get_args(kind)[0]
    return f": {listed(map(str, get_args(kind)))}" if get_args(kind) else ""
