"""The rooms below the screen work where Qt is not installed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NO_QT = """
import sys
from importlib.abc import MetaPathFinder

class NoQt(MetaPathFinder):
    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] in {"PySide6", "shiboken6", "pyqtgraph", "PyQt6", "PyQt5"}:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None

sys.meta_path.insert(0, NoQt())
"""
IMPORT_ALL = """
import importlib, pkgutil, sys
for room in sys.argv[1:]:
    package = importlib.import_module(room)
    for found in pkgutil.walk_packages(package.__path__, room + "."):
        importlib.import_module(found.name)
        print(found.name)
"""
# pytest-qt is switched off, so the settings meant for it would be refused by --strict-config. Property tests are
# imported but run only where they run anyway: a hundred examples more say nothing about Qt, and take a minute.
TESTS = """
import pytest
options = ["--override-ini=addopts=", "-p", "no:pytest-qt", "-p", "no:cacheprovider", "-m", "not hypothesis", "-q"]
sys.exit(pytest.main([*options, *sys.argv[1:]]))
"""


def run(script: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", NO_QT + script, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "room", ["cop.domain", "cop.picture", "cop.feeds", "cop.journal", "cop.replay", "cop.exercise", "cop.briefing"]
)
def test_that_a_room_below_the_screen_imports_without_qt(room: str) -> None:
    done = run(IMPORT_ALL, room)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_that_the_feed_process_imports_without_qt() -> None:
    done = run("import cop.feed_process, cop.config")
    assert done.returncode == 0, done.stderr


def test_that_the_screen_does_not_import_without_qt() -> None:
    assert "No module named 'PySide6" in run("import cop.ui.desk, cop.ui.theme").stderr


def test_that_the_help_of_the_command_line_needs_no_qt() -> None:
    done = run("from cop.cli import main; main(['--help'])")
    assert done.returncode == 0, done.stderr
    assert "run" in done.stdout


@pytest.mark.timeout(400)
@pytest.mark.parametrize("room", ["domain", "picture", "feeds", "journal"])
def test_that_the_tests_of_a_room_below_the_screen_pass_without_qt(room: str) -> None:
    done = run(TESTS, f"tests/{room}")
    assert done.returncode == 0, done.stdout + done.stderr
