"""The set-up finds what an operating system lacks, and names the package that brings it."""

import shutil
import sys
from pathlib import Path

import PySide6
import pytest

from setup import operating_system, prepare

QT_FOLDER = Path(PySide6.__file__).parent
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the wheels bring every library")


@linux_only
def test_that_every_library_of_qt_and_of_its_window_is_found_here() -> None:
    parts = (*operating_system.OFFSCREEN, *operating_system.WINDOW)
    assert [part for part in parts if not (QT_FOLDER / part).exists()] == []
    assert operating_system.missing_libraries(parts, QT_FOLDER) == set()


@linux_only
def test_that_a_library_that_cannot_be_found_is_named(tmp_path: Path) -> None:
    # Away from its place the plugin finds none of Qt's own libraries, as it finds no system library on a bare machine.
    shutil.copy(QT_FOLDER / "Qt/plugins/platforms/libqxcb.so", tmp_path / "libqxcb.so")
    assert "libQt6XcbQpa.so.6" in operating_system.missing_libraries(["libqxcb.so"], tmp_path)


def test_that_each_lack_is_answered_by_its_debian_package_and_the_unknown_is_said() -> None:
    libraries = {"libEGL.so.1", "libgthread-2.0.so.0", "libglib-2.0.so.0", "libQt6XcbQpa.so.6"}
    names, unknown = operating_system.packages(libraries, {"Xvfb"}, font=True)
    assert names == ["fonts-dejavu-core", "libegl1", "libglib2.0-0", "xvfb"]
    assert unknown == ["libQt6XcbQpa.so.6"]


def test_that_the_programs_of_the_tests_and_a_font_are_here() -> None:
    assert operating_system.missing_programs() == set()
    assert operating_system.has_font()


def test_that_a_program_that_is_nowhere_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(operating_system, "PROGRAM_FOLDERS", (str(tmp_path),))
    assert "mosquitto" in operating_system.missing_programs()


def test_that_what_a_command_can_do_without_is_installed_for_it_and_hinders_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(operating_system, "PROGRAM_FOLDERS", (str(tmp_path),))
    lacking = operating_system.missing_extras("brokers")
    assert lacking == {"rabbitmq-server", "nats-server"}
    assert operating_system.packages((), lacking, font=False) == (["nats-server", "rabbitmq-server"], [])
    assert operating_system.missing_extras("run") == set()
    monkeypatch.undo()
    lack = prepare.Lack(frozenset(), frozenset(lacking), font=False)
    assert prepare.hindrance("brokers", lack).programs == frozenset()


def test_that_the_tests_get_a_browser_and_go_on_without_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert operating_system.missing_extras("test") == {"chromium"}
    assert operating_system.packages((), {"chromium"}, font=False) == (["chromium"], [])
    # the tests' way to the browser is a program of its own, which a bare system cannot start
    assert operating_system.packages({"libatomic.so.1"}, (), font=False) == (["libatomic1"], [])
    assert operating_system.missing_for_browser(Path("/nowhere")) == set()
    monkeypatch.undo()
    lack = prepare.Lack(frozenset(), frozenset({"chromium"}), font=False)
    assert prepare.hindrance("test", lack).programs == frozenset()
