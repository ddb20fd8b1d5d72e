"""What the papers say can be done, can be done: links, commands, options and pictures exist."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cop.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(paper: Path) -> set[str]:
    """The link targets that the headings of a paper make."""
    headings = re.findall(r"^#+ (.+)$", paper.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def code(paper: Path) -> Iterator[str]:
    """Every piece of code in a paper: inline, and each line of a block."""
    text = paper.read_text()
    for block in re.findall(r"```.*?\n(.*?)```", text, re.DOTALL):
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def test_that_there_are_papers_to_check() -> None:
    assert {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md"} <= {name(one) for one in PAPERS}


@pytest.mark.parametrize("paper", PAPERS, ids=name)
def test_that_every_link_of_a_paper_leads_somewhere(paper: Path) -> None:
    dead = []
    text = re.sub(r"```.*?```", "", paper.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        place = (paper.parent / file).resolve() if file else paper
        if not place.exists() or (anchor and anchor not in anchors(place)):
            dead.append(target)
    assert dead == []


@pytest.mark.parametrize("paper", PAPERS, ids=name)
def test_that_every_make_command_of_a_paper_exists(paper: Path) -> None:
    asked = {word for piece in code(paper) for word in re.findall(r"^(?:\$ )?make ([a-z]+)", piece)}
    assert asked - TARGETS == set()


@pytest.mark.parametrize("paper", PAPERS, ids=name)
def test_that_every_cop_command_of_a_paper_exists_with_its_options(paper: Path) -> None:
    unknown = []
    for piece in code(paper):
        said = re.match(r"(?:\$ )?(?:\.venv/bin/|python main\.py |python -m )?cop ([a-z].*)", piece)
        if not said:
            continue
        words = shlex.split(said.group(1), comments=True)
        command: click.Command | None = main
        while words and isinstance(command, click.Group):
            command = command.commands.get(words.pop(0))
        known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} if command else set()
        if command is None or not {word for word in words if word.startswith("--")} <= known | {"--help"}:
            unknown.append(piece)
    assert unknown == []


def test_that_every_paper_named_in_the_code_exists() -> None:
    named = {
        paper
        for folder in ("cop", "setup", "benchmarks")
        for module in (ROOT / folder).rglob("*.py")
        for paper in re.findall(r"[\w./-]+\.md\b", module.read_text())
    }
    assert named
    assert [paper for paper in sorted(named) if not (ROOT / paper).exists()] == []


def test_that_the_readme_shows_every_command_for_newcomers() -> None:
    readme = (ROOT / "README.md").read_text()
    missing = {f"make {target}" for target in ("run", "test", "check", "bench", "screenshots")}
    assert {command for command in missing if f"`{command}`" not in readme and f"\n{command}" not in readme} == set()


def test_that_every_command_of_the_makefile_says_what_it_does() -> None:
    described = set(re.findall(r"^([a-z]+):.*## \w", MAKEFILE, re.MULTILINE))
    assert TARGETS - described == {"python", "environment"}


def test_that_continuous_integration_runs_the_readmes_commands() -> None:
    lines = (ROOT / ".ci/run").read_text().splitlines()
    assert [line.split()[1] for line in lines if line.startswith("make ")] == ["check", "test"]


def test_that_make_screenshots_takes_every_picture_of_the_papers() -> None:
    pictures = {path.name for path in (ROOT / "docs/images").glob("*.png")}
    assert pictures
    assert pictures == set(re.findall(r"docs/images/([\w-]+\.png)", MAKEFILE))


def test_that_decision_records_are_numbered_without_a_gap_and_complete() -> None:
    records = sorted(path for path in (ROOT / "docs/adr").glob("*.md") if path.name[0].isdigit())
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    for record in records:
        headings = re.findall(r"^## (.+)$", record.read_text(), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], record.name


def test_that_the_licence_of_every_library_of_the_app_is_told() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    optional = project["optional-dependencies"]
    asked = [*project["dependencies"], *(one for name in ("milsymbol", "vector") for one in optional[name])]
    told = (ROOT / "docs/licences.md").read_text().casefold()
    names = {re.split(r"[<>=!;\[ ]", one)[0].casefold() for one in asked}
    assert {name for name in names if name not in told} == set()
