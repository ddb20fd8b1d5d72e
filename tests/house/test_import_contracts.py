"""The import contracts of pyproject.toml hold, and each of them really catches what it forbids."""

import importlib.util
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(cache_dir=None))"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); {LINT}"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "cop", tmp_path / "cop", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_that_every_import_contract_is_kept() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("cop/domain/unit.py", "from cop.picture import picture", "rooms"),
        ("cop/picture/change.py", "from cop.feeds import topics", "rooms"),
        ("cop/journal/__init__.py", "import cop.picture.picture", "rooms"),
        ("cop/map/__init__.py", "import cop.ui.desk", "rooms"),
        ("cop/config.py", "import cop.app", "rooms"),
        ("cop/domain/unit.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import cop.map", "rooms"),
        ("cop/lodger.py", "ROOM = None", "rooms"),
        ("cop/picture/change.py", "from PySide6 import QtCore", "qt"),
        ("cop/feed_process.py", "import cop.exercise.qt_inside", "qt"),
        ("cop/map/__init__.py", "import paho.mqtt.client", "paho"),
        ("cop/feeds/topics.py", "import sqlite3", "sqlite"),
        ("cop/ui/desk.py", "import sqlite3", "sqlite"),
    ],
)
def test_that_a_forbidden_import_breaks_its_contract(copy: Path, module: str, line: str, contract: str) -> None:
    if "qt_inside" in line:  # Qt by a detour
        (copy / "cop/exercise/qt_inside.py").write_text("import PySide6.QtCore\n")
    with (copy / module).open("a") as file:
        file.write(f"\n{line}\n")
    done = lint(copy)
    name = next(one["name"] for one in CONTRACTS if one["id"] == contract)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{name} BROKEN" in " ".join(done.stdout.split())


def test_that_every_forbidden_package_is_installed_under_that_name() -> None:
    forbidden = {name for one in CONTRACTS for name in one.get("forbidden_modules", ())}
    assert forbidden
    assert [name for name in sorted(forbidden) if importlib.util.find_spec(name) is None] == []


def test_that_every_room_is_a_package_so_that_the_contracts_see_it() -> None:
    folders = {path.parent for path in (ROOT / "cop").rglob("*.py")}
    assert [str(folder.relative_to(ROOT)) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []
