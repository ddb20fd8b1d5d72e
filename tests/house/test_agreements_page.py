"""The page that teaches agreements tells every key of them, and what it shows as an example can be applied."""

import re
from pathlib import Path
from typing import get_args

import msgspec

from cop.authority.areas import Atlas
from cop.authority.reading import read_text
from cop.config import RESOURCES, Config
from cop.domain.agreement import (
    Agreement,
    AidClause,
    AnyClause,
    Area,
    Clause,
    Conditions,
    EscalateClause,
    LeadClause,
    ShareClause,
    Signatory,
    Times,
)
from cop.domain.words import INCIDENT_TYPES, UNIT_KINDS, WIDER_TYPES

_PAGE = (Path(__file__).parents[2] / "docs" / "agreements.md").read_text(encoding="utf-8")
_SECTIONS: dict[str, type[msgspec.Struct]] = {
    "Agreement": Agreement,
    "Signatory": Signatory,
    "Area": Area,
    "Times": Times,
    "Clause `lead`": LeadClause,
    "Conditions (`when`)": Conditions,
    "Clause `aid`": AidClause,
    "Clause `share`": ShareClause,
    "Clause `escalate`": EscalateClause,
}


def _keys(struct: type[msgspec.Struct]) -> set[str]:
    return {field.name for field in msgspec.structs.fields(struct)}


def _documented(heading: str) -> set[str]:
    section = _PAGE.partition("## Every key")[2].partition(f"\n### {heading}\n")[2].partition("\n#")[0]
    return set(re.findall(r"^\| `([a-z_]+)` \|", section, flags=re.MULTILINE))


def test_that_every_key_of_an_agreement_is_on_the_page_and_no_other() -> None:
    assert _documented("Every clause") == _keys(Clause) | {"kind"}
    for heading, struct in _SECTIONS.items():
        own = _keys(struct) - (_keys(Clause) if issubclass(struct, Clause) else set())
        assert _documented(heading) == own, heading
    assert {struct for struct in _SECTIONS.values() if issubclass(struct, Clause)} == set(get_args(AnyClause))


def test_that_the_examples_of_the_page_together_are_an_agreement_without_fault() -> None:
    text = "\n".join(re.findall(r"```toml\n(.*?)```", _PAGE, flags=re.DOTALL))
    file = read_text(text.encode(), "page.toml", Atlas(Config().ground(), RESOURCES / "region"))
    assert [str(one) for one in file.problems] == []
    assert len(file.terms) == text.count("[[clauses]]")
    assert {type(term.clause) for term in file.terms} == set(get_args(AnyClause))


def test_that_the_page_tells_all_incident_types_and_kinds_of_units() -> None:
    words = _PAGE.partition("## The words")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \| (?:`(\w+)` )?\|$", words, flags=re.MULTILINE)
    told = {name: (shown, leads.replace(" ", "_"), wider) for name, shown, leads, wider in rows}
    assert told == {name: (*labels, WIDER_TYPES.get(name, "")) for name, labels in INCIDENT_TYPES.items()}
    kinds = re.findall(r"`(\w+)`", words.partition("Kinds of units:")[2])
    assert set(kinds) == set(UNIT_KINDS) - {"unknown"}
