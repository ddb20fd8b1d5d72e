"""Share → After-action review: made by a process of its own, given up when nobody wants it, and said in words."""

import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from cop.ui.making import Stopped
from cop.ui.review_dialog import ReviewDialog, run
from cop.ui.share_menu import Backdrop
from tests.ui.conftest import MakeDesk, MakeWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen platform, of menus


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_that_what_the_command_says_is_heard() -> None:
    reached: list[str] = []
    code = "import sys; print('1 %'); print('x'); print('100 %'); print('kept back: 3 drafts', file=sys.stderr)"
    assert run(python(code), lambda: None, reached.append) == "3 drafts"
    assert reached == ["1 %", "100 %"]


def test_that_why_it_could_not_be_made_is_said_in_the_commands_own_words() -> None:
    code = "import sys; print('Error: nothing is on record', file=sys.stderr); sys.exit(1)"
    with pytest.raises(OSError, match=r"^nothing is on record$"):
        run(python(code), lambda: None, lambda _: None)
    with pytest.raises(OSError, match="ended with code 3"):
        run(python("import sys; sys.exit(3)"), lambda: None, lambda _: None)


def test_that_a_review_that_nobody_wants_any_more_is_ended_at_once() -> None:
    began = threading.Event()

    def go_on() -> None:
        if began.is_set():
            raise Stopped

    with pytest.raises(Stopped):
        run(python("import time; print('1 %', flush=True); time.sleep(600)"), go_on, lambda _: began.set())


def test_that_an_empty_record_is_said_and_no_file_is_there(
    qtbot: QtBot, make_desk: MakeDesk, settings: QSettings, tmp_path: Path
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    (tmp_path / "journal").mkdir()
    dialog = ReviewDialog(make_desk(), tmp_path / "journal", settings, backdrop=Backdrop(), parent=window)
    dialog.open()
    qtbot.waitUntil(dialog.go.isEnabled)
    assert dialog.held_back.text().startswith("Messages to others")
    dialog.file.setText(str(tmp_path / "review.html"))
    dialog.form_of.setCurrentIndex(1)
    assert dialog.file.text() == str(tmp_path / "review.pdf")
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.refusal.text().startswith("Not saved: "), timeout=30_000)
    assert "journal" in dialog.refusal.text()
    assert not (tmp_path / "review.pdf").exists()
    dialog.close()


def test_that_there_is_nothing_to_review_where_nothing_is_recorded(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    assert window.sharing.review() is None
    assert window.notice.text() == "Nothing is on record here: there is nothing to review."
    window.sharing.open_menu(window.window_actions, window.top_bar.share)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert "share_review" not in {action.objectName() for action in menu.actions()}
    menu.close()
