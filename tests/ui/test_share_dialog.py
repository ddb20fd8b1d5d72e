"""Share → Briefing map: who gets it, what they do not get, and where it is, said before and after it leaves."""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QSettings, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from cop.briefing.leaving import Leaving
from cop.briefing.occasion import Occasion
from cop.domain.agreement import Agreement, Agreements, ShareClause, Term
from cop.domain.batch import Batch
from cop.domain.details import IncidentDetails
from cop.domain.log import LogEntry
from cop.ui.desk import Desk
from cop.ui.making import GoOn
from cop.ui.share_dialog import BriefingDialog, Order
from cop.ui.share_menu import Backdrop
from tests import reports as r
from tests.ui.conftest import CRASH, MakeDesk, MakeWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen platform, of menus
OURS, EMS = "charlotte-fire", "mecklenburg-ems"
Made = tuple[Leaving, Occasion, Order]


class Pages:
    """Makes pages that say nothing, remembers of what; `wait` holds the next one up until `free` is set."""

    def __init__(self) -> None:
        self.made: list[Made] = []
        self.wait = False
        self.free = threading.Event()
        self.thread: threading.Thread | None = None

    def __call__(self, leaves: Leaving, occasion: Occasion, order: Order, go_on: GoOn) -> bytes:
        self.made.append((leaves, occasion, order))
        self.thread = threading.current_thread()
        if self.wait:
            self.free.wait(10)
        go_on()
        return b"<!doctype html>"


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def make_dialog(qtbot: QtBot, settings: QSettings, pages: Pages) -> Callable[..., BriefingDialog]:
    window = QWidget()
    qtbot.addWidget(window)

    def make(desk: Desk, backdrop: Backdrop = Backdrop()) -> BriefingDialog:  # noqa: B008 - it is frozen
        dialog = BriefingDialog(desk, pages, settings, backdrop=backdrop, parent=window)
        dialog.open()
        qtbot.waitUntil(dialog.go.isEnabled)
        return dialog

    return make


def agreed() -> Agreements:
    clause = ShareClause(number="7", says="As written.", giver=EMS, to=("*",), positions="none")
    paper = Agreement(
        id="mou", title="EMS sharing", parties=(EMS, OURS), in_force_from=date(2020, 1, 1), clauses=(clause,)
    )
    return Agreements((Term(paper, clause, None),))


def full(desk: Desk) -> Desk:
    desk.take_in(
        Batch(
            epoch=1,
            reports=[
                r.report(
                    CRASH[0], IncidentDetails(id=CRASH[1], at=r.at(0), to=OURS, medical="Two burns", personal="J. Doe")
                ),
                r.report(OURS, LogEntry(id="l2", at=r.at(0), text="for one", to=("gastonia-fd",))),
            ],
        )
    )
    return desk


def save(qtbot: QtBot, dialog: BriefingDialog) -> None:
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.saved is not None)


def test_that_a_map_is_saved_beside_the_work_and_says_where_and_of_when(
    qtbot: QtBot, make_desk: MakeDesk, make_dialog: Callable[..., BriefingDialog], pages: Pages, tmp_path: Path
) -> None:
    dialog = make_dialog(full(make_desk(exercise="Steel Rail")))
    left: list[str] = []
    dialog.desk.left.connect(left.append)
    file = tmp_path / "for the chief"
    dialog.file.setText(str(file))
    save(qtbot, dialog)
    assert dialog.saved == tmp_path / "for the chief.html"
    assert dialog.saved.read_bytes() == b"<!doctype html>"
    assert list(tmp_path.glob(".*")) == []
    assert pages.thread is not threading.main_thread()
    assert dialog.refusal.text().startswith("Saved, as of ")
    assert [words.partition(",")[0] for words in left] == ["Briefing map for Anyone"]
    assert left[0].endswith(": for the chief.html")
    assert dialog.open_saved.isVisible()
    assert dialog.windowTitle() == "EXERCISE — Briefing map"
    [(leaves, occasion, order)] = pages.made
    assert leaves.reader == occasion.reader == ""
    assert (occasion.at, occasion.exercise, occasion.past) == (r.NOON, "Steel Rail", "")
    assert not leaves.picture.details
    assert order.trails_s == 3600.0
    assert "units" in order.kinds


def test_that_nothing_can_be_saved_before_it_was_said_what_is_held_back_and_by_which_clause(
    qtbot: QtBot, make_desk: MakeDesk, make_dialog: Callable[..., BriefingDialog]
) -> None:
    dialog = make_dialog(full(make_desk(agreements=agreed())))
    assert dialog.reader.currentText() == "Anyone"
    assert dialog.held_back.text().splitlines() == [
        "Mecklenburg EMS, EMS sharing §7: 2 positions not shown",
        "Medical and personal details of 1 incident: no clause shows them",
        "1 log entry addressed to others",
    ]
    dialog.reader.setCurrentIndex(dialog.reader.findData(OURS))
    assert not dialog.go.isEnabled()
    qtbot.waitUntil(dialog.go.isEnabled)
    assert dialog.held_back.text() == (
        "Nothing: all that this desk knows leaves, with medical or personal details of 1 incident."
    )
    assert dialog.held_back.property("tone") == "warn"
    dialog.reader.setCurrentIndex(dialog.reader.findData("gastonia-fd"))
    qtbot.waitUntil(dialog.go.isEnabled)
    assert "1 log entry" not in dialog.held_back.text()


def test_that_the_map_is_as_it_was_asked_for(
    qtbot: QtBot, make_desk: MakeDesk, make_dialog: Callable[..., BriefingDialog], pages: Pages, tmp_path: Path
) -> None:
    dialog = make_dialog(full(make_desk()), backdrop=Backdrop(classification="FOUO", period="OP 2"))
    dialog.reader.setCurrentIndex(dialog.reader.findData(OURS))
    qtbot.waitUntil(dialog.go.isEnabled)
    qtbot.mouseClick(dialog.kinds["log"], Qt.MouseButton.LeftButton)
    dialog.trails.setCurrentIndex(0)
    dialog.theme.setCurrentIndex(1)
    assert dialog.line.text() == "FOUO"
    dialog.line.setText("For official use \u202eonly")
    dialog.file.setText(str(tmp_path / "a.html"))
    save(qtbot, dialog)
    [(leaves, occasion, order)] = pages.made
    assert leaves.whole
    assert occasion.classification == "For official use only"
    assert occasion.period_words == "OP 2"
    assert occasion.reader == OURS
    assert "log" not in order.kinds
    assert (order.trails_s, order.theme) == (0.0, "dark")


def test_that_the_line_and_the_folder_are_remembered_until_the_settings_say_another_line(
    qtbot: QtBot, make_desk: MakeDesk, make_dialog: Callable[..., BriefingDialog], tmp_path: Path
) -> None:
    desk = make_desk()
    dialog = make_dialog(desk, backdrop=Backdrop(classification="FOUO"))
    dialog.line.setText("Unclassified")
    dialog.file.setText(str(tmp_path / "a.html"))
    save(qtbot, dialog)
    dialog.close()
    again = make_dialog(desk, backdrop=Backdrop(classification="FOUO"))
    assert again.line.text() == "Unclassified"
    assert Path(again.file.text()).parent == tmp_path
    assert again.reader.currentText() == "Anyone"
    again.close()
    assert make_dialog(desk, backdrop=Backdrop(classification="SECRET")).line.text() == "SECRET"


def test_that_cancel_gives_up_what_is_being_made_and_no_file_is_there(
    qtbot: QtBot, make_desk: MakeDesk, make_dialog: Callable[..., BriefingDialog], pages: Pages, tmp_path: Path
) -> None:
    dialog = make_dialog(make_desk())
    pages.wait = True
    dialog.file.setText(str(tmp_path / "a.html"))
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(pages.made))
    assert not dialog.reader.isEnabled()
    qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert dialog.refusal.text() == "Stopped: nothing was saved."
    pages.free.set()
    assert pages.thread is not None
    pages.thread.join(10)
    QApplication.processEvents()
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".ini"] == []
    assert dialog.saved is None
    with qtbot.waitSignal(dialog.destroyed):
        qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)


def test_that_a_dialog_that_is_gone_hears_no_more_of_its_work(
    qtbot: QtBot, make_desk: MakeDesk, make_dialog: Callable[..., BriefingDialog], pages: Pages, tmp_path: Path
) -> None:
    dialog = make_dialog(make_desk())
    pages.wait = True
    dialog.file.setText(str(tmp_path / "a.html"))
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(pages.made))
    with qtbot.waitSignal(dialog.destroyed):
        dialog.deleteLater()
    pages.free.set()
    assert pages.thread is not None
    pages.thread.join(10)
    QApplication.processEvents()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Say which file to save to."),
        ("a.html", "Say which file to save to."),
        ("{folder}", "This is a folder: name a file in it."),
        ("{folder}/nowhere/a.html", "Not saved: No such file or directory ({folder}/nowhere/a.html)."),
        ("{folder}/there.html", "There is such a file already. Save again to replace it."),
        ("{folder}/" + "x" * 300 + ".html", "Not saved: File name too long ({folder}/" + "x" * 300 + ".html)."),
    ],
)
def test_that_what_cannot_be_saved_says_why(
    qtbot: QtBot,
    make_desk: MakeDesk,
    make_dialog: Callable[..., BriefingDialog],
    tmp_path: Path,
    name: str,
    words: str,
) -> None:
    folder = tmp_path / "dir.html"
    folder.mkdir()
    (folder / "there.html").write_text("kept")
    dialog = make_dialog(make_desk())
    dialog.file.setText(name.format(folder=folder))
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.refusal.text() == words.format(folder=folder))
    assert [path.name for path in folder.iterdir()] == ["there.html"]
    assert (folder / "there.html").read_text() == "kept"


def test_that_a_full_disk_is_said_and_what_stood_there_stands(
    qtbot: QtBot,
    make_desk: MakeDesk,
    make_dialog: Callable[..., BriefingDialog],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    dialog = make_dialog(make_desk())
    (tmp_path / "a.html").write_text("kept")
    dialog.file.setText(str(tmp_path / "a.html"))
    monkeypatch.setattr("cop.briefing.whole_file.os.fsync", full_disk)
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.refusal.text() == f"Not saved: the disk is full ({tmp_path / 'a.html'}).")
    assert dialog.refusal.property("tone") == "bad"
    assert [path.read_text() for path in tmp_path.glob("*.html")] == ["kept"]
    assert list(tmp_path.glob(".*")) == []
    assert dialog.go.isEnabled()


def test_that_a_fault_in_the_making_is_said_and_the_window_goes_on(
    qtbot: QtBot, make_desk: MakeDesk, settings: QSettings, tmp_path: Path
) -> None:
    def broken(*_: object) -> bytes:
        raise KeyError("x")

    dialog = BriefingDialog(make_desk(), broken, settings, backdrop=Backdrop())
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(dialog.go.isEnabled)
    dialog.file.setText(str(tmp_path / "a.html"))
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    words = "Not saved: this could not be made (KeyError); the log says more."
    qtbot.waitUntil(lambda: dialog.refusal.text() == words)
    assert not list(tmp_path.glob("*.html"))


class Browser(QObject):
    """Stands where the system opens files."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


@pytest.fixture
def browser() -> Iterator[Browser]:
    one = Browser()
    QDesktopServices.setUrlHandler("file", one, "open")
    yield one
    QDesktopServices.unsetUrlHandler("file")


def test_that_the_saved_map_opens_in_the_browser(
    qtbot: QtBot, make_desk: MakeDesk, make_dialog: Callable[..., BriefingDialog], tmp_path: Path, browser: Browser
) -> None:
    dialog = make_dialog(make_desk())
    dialog.file.setText(str(tmp_path / "a #1 (50%).html"))
    save(qtbot, dialog)
    qtbot.mouseClick(dialog.open_saved, Qt.MouseButton.LeftButton)
    assert browser.opened == [str(tmp_path / "a #1 (50%).html")]


def test_that_a_map_of_the_past_says_so(
    qtbot: QtBot, make_desk: MakeDesk, make_dialog: Callable[..., BriefingDialog], pages: Pages, tmp_path: Path
) -> None:
    desk = make_desk()
    desk.past = True
    desk.seen_otherwise = "what Gastonia FD could see"
    dialog = make_dialog(desk)
    assert dialog.windowTitle() == "REPLAY — Briefing map"
    assert "REPLAY" in dialog.file.text()
    dialog.file.setText(str(tmp_path / "a.html"))
    save(qtbot, dialog)
    assert pages.made[0][1].past == "REPLAY: what Gastonia FD could see; looked up later"


def test_that_share_is_reached_by_mouse_and_by_keys_and_lists_what_can_leave(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    qtbot.mouseClick(window.top_bar.share, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    named = {action.objectName(): action.text() for action in menu.actions()}
    assert named["share_briefing"] == "Briefing map…\tCtrl+Shift+B"
    entry = next(action for action in menu.actions() if action.objectName() == "share_briefing")
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(entry).center())
    qtbot.waitUntil(lambda: window.findChild(BriefingDialog) is not None)
    window.findChild(BriefingDialog).close()
    qtbot.waitUntil(lambda: window.findChild(BriefingDialog) is None)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: window.findChild(BriefingDialog) is not None)
    window.findChild(BriefingDialog).close()


def test_that_the_window_saves_a_real_map_of_what_leaves(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window(full(make_desk(agreements=agreed(), exercise="Steel Rail")))
    dialog = window.sharing.briefing()
    qtbot.waitUntil(dialog.go.isEnabled)
    dialog.file.setText(str(tmp_path / "map.html"))
    save(qtbot, dialog)
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    for words in ("Content-Security-Policy", "Engine 4", "Hazmat rail derailment", "EMS sharing §7", "Charlotte Fire"):
        assert words in page
    for words in ("Two burns", "J. Doe", "for one"):
        assert words not in page
    dialog.close()
