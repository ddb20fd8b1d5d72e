"""What the house asks of every source file: exemptions with reasons, the field's words, nothing of one machine."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("cop", "setup", "tests", "benchmarks", "docs", ".ci")
PLAIN = {".py", ".md", ".toml", ".json", ".sh", ".yml", ".svg", ".xml", ".txt", ""}

EXEMPTION = re.compile(r"# (noqa|type: ignore|fmt: off|fmt: skip|pragma: no cover|ruff: noqa|mypy:)")
REASONED = re.compile(r"# (?:noqa: [A-Z0-9, ]+|type: ignore\[[a-z0-9, -]+\]|fmt: \w+|pragma: no cover) +[#–-] +\w.{7,}")
VAGUE_ROOMS = {"utils", "util", "core", "common", "helpers", "helper", "misc", "manager", "handlers"}
VAGUE_ENDINGS = ("Manager", "Handler", "Helper", "Info", "Data", "Utils")
# One machine's folders and the hosts that packages come from: both are other people's business.
FOREIGN = re.compile(
    r"(?<![\w.<>}])/(?:work|root|home|Users|opt/pypi)/\w|pypi\.org|pythonhosted\.org|npmjs\.\w|conda\.anaconda"
)


def files() -> Iterator[Path]:
    for path in sorted([*ROOT.iterdir(), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))]):
        if path.is_file() and path.suffix in PLAIN and "__pycache__" not in path.parts:
            yield path


def modules() -> Iterator[Path]:
    yield from (path for path in files() if path.suffix == ".py")


def is_test(path: Path) -> bool:
    return path.is_relative_to(ROOT / "tests")


def unreasoned(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if EXEMPTION.search(line) and not REASONED.search(line)]


def test_that_every_exemption_from_lint_or_types_says_why() -> None:
    # mypy does not read the tests, so an exemption from it says nothing there
    found = {
        str(path.relative_to(ROOT)): [
            line for line in unreasoned(path.read_text()) if not (is_test(path) and "# type: ignore" in line)
        ]
        for path in modules()
        if path != Path(__file__)
    }
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # noqa",
        "x = 1  # noqa: S311",
        "x = 1  # type: ignore",
        "x = 1  # type: ignore  # it is right",
        "x = 1  # noqa: S311 - eh",
    ],
)
def test_that_an_exemption_without_a_rule_or_a_reason_is_found(line: str) -> None:
    assert unreasoned(line) == [line]


def test_that_every_rule_switched_off_in_the_settings_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    lint = tomllib.loads(text)["tool"]["ruff"]["lint"]
    for rule in lint["ignore"]:
        assert re.search(rf'"{rule}",? +# \w.+', text), rule
    for pattern in lint["per-file-ignores"]:
        assert re.search(rf'"{re.escape(pattern)}" = \[.+\] +# \w.+', text), pattern
    for line in text.splitlines():
        assert not line.startswith(("ignore_missing_imports", "allow_indirect_imports")) or "  # " in line, line


def test_that_rooms_and_classes_carry_the_fields_words() -> None:
    classes = {
        f"{path.relative_to(ROOT)}: {node.name}": node.name
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    }
    assert [place for place, name in classes.items() if name.endswith(VAGUE_ENDINGS)] == []
    assert [str(path) for path in modules() if {path.stem, path.parent.name} & VAGUE_ROOMS] == []


def test_that_every_module_says_what_it_is_for() -> None:
    silent = [path for path in modules() if not is_test(path) and not ast.get_docstring(ast.parse(path.read_text()))]
    assert [str(path.relative_to(ROOT)) for path in silent] == []


def test_that_nothing_of_one_machine_stands_in_the_repository() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{number}": line.strip()
        for path in files()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if FOREIGN.search(line) and path != Path(__file__)
    }
    assert found == {}
