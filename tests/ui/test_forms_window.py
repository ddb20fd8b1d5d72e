"""The forms window: filled beside the work, edited, seen as it will be printed, handed out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from cop.briefing.forms.filling import FORMS, fill
from cop.briefing.forms.kept import decoded
from cop.briefing.forms.situation import About
from cop.briefing.pdf_pages import text
from cop.domain.batch import Batch
from cop.map.palette import RESOURCES
from cop.ui.desk import Desk
from cop.ui.forms.forms_window import FormsWindow
from cop.ui.forms.rendering import opened, rendered
from cop.ui.forms.sheet_editor import SheetEditor
from cop.ui.ordered_model import OrderedModel
from cop.ui.share_menu import Backdrop
from tests import reports as r
from tests.briefing.busy_hour import RAIL as BUSY_RAIL
from tests.briefing.busy_hour import busy_ground
from tests.briefing.test_paper import OCCASION, listed, made
from tests.map.golden import assert_golden
from tests.ui.conftest import RAIL, MakeDesk, MakeWindow

Open = Callable[..., FormsWindow]
#: of the parts of ICS 201 about one incident
_NAME, _SUMMARY = (0, 0), (2, 0)


@pytest.fixture
def open_forms(qtbot: QtBot, settings: QSettings, make_desk: MakeDesk) -> Open:
    def make(desk: Desk | None = None, *, about: About | None = None, line: str = "") -> FormsWindow:
        backdrop = Backdrop(classification=line, region=RESOURCES / "region")
        window = FormsWindow(desk or make_desk(exercise="Steel Rail"), settings, backdrop=backdrop, about=about)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)  # the test looks at it afterwards
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        settle(qtbot, window)
        return window

    return make


def settle(qtbot: QtBot, window: FormsWindow) -> None:
    qtbot.waitUntil(lambda: window.is_settled, timeout=15_000)


def pages_of(window: FormsWindow) -> str:
    assert window.pages.document is not None
    return " ".join(" ".join(text(window.pages.document.content)).split())


def choose(qtbot: QtBot, window: FormsWindow, form: str) -> None:
    window.choices.form.setCurrentIndex(window.choices.form.findData(form))
    window.choices.form.activated.emit(window.choices.form.currentIndex())
    settle(qtbot, window)


def test_that_a_form_is_filled_and_its_pages_are_the_very_document_that_is_saved(
    qtbot: QtBot, open_forms: Open, tmp_path: Path
) -> None:
    window = open_forms(about=About("incident", *RAIL), line="CUI")
    assert window.editor.fields[_NAME].toPlainText() == "Hazmat rail derailment"
    told = pages_of(window)
    for words in ("Hazmat rail derailment", "EXERCISE · Steel Rail", "CUI", "A. Rivera", "Page 1 of"):
        assert words in told
    assert window.pages.document is not None
    seen = window.pages.document.content
    standing = window.standing()
    assert standing is not None
    window.handing_out.save(standing, tmp_path / "x.pdf", "pdf")
    qtbot.waitUntil(lambda: window.said.text().startswith("Saved: x.pdf"))
    assert (tmp_path / "x.pdf").read_bytes() == seen
    window.handing_out.save(standing, tmp_path / "x.html", "html")
    qtbot.waitUntil(lambda: window.said.text().startswith("Saved: x.html"))
    assert "Hazmat rail derailment" in (tmp_path / "x.html").read_text(encoding="utf-8")
    window.handing_out.save(standing, tmp_path / "none" / "x.pdf", "pdf")
    qtbot.waitUntil(lambda: window.said.text().startswith("Not saved"))


def test_that_what_is_typed_is_on_the_pages_and_each_step_is_taken_back_with_its_key(
    qtbot: QtBot, open_forms: Open
) -> None:
    window = open_forms()
    field = window.editor.fields[_NAME]
    was = field.toPlainText()
    field.selectAll()
    QTest.keyClicks(field, "Night shift")
    qtbot.waitUntil(lambda: "Night shift" in pages_of(window) and window.is_settled)
    assert "Edited by hand" in pages_of(window)
    assert window.buttons["undo"].isEnabled()
    field.setFocus()
    QTest.keySequence(field, QKeySequence("Ctrl+Z"))
    assert field.toPlainText() == was
    QTest.keySequence(field, QKeySequence("Ctrl+Y"))
    assert field.toPlainText() == "Night shift"
    QTest.keySequence(field, QKeySequence("Ctrl+Z"))
    assert window.editing is not None
    assert not window.editing.is_edited
    settle(qtbot, window)
    assert "Edited by hand" not in pages_of(window)


def test_that_rows_are_added_written_moved_and_removed(
    qtbot: QtBot, open_forms: Open, watched: Callable[[OrderedModel], OrderedModel]
) -> None:
    window = open_forms()
    choose(qtbot, window, "211")
    (part, rows), *_ = window.editor.lists.items()
    watched(rows.model)  # type: ignore[type-var]  # any model of Qt's can be watched
    count = rows.model.rowCount()
    rows.view.setCurrentIndex(rows.model.index(count - 1, 0))
    QTest.mouseClick(rows.add, Qt.MouseButton.LeftButton)
    assert rows.model.rowCount() == count + 1
    assert rows.view.currentIndex().row() == count
    QTest.keyClicks(rows.view, "S")
    editor = rows.view.findChild(QPlainTextEdit)
    assert editor is not None
    QTest.keyClicks(editor, "tate NC")
    QTest.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: rows.model.index(count, 0).data() == "State NC")
    QTest.mouseClick(rows.up, Qt.MouseButton.LeftButton)
    assert rows.model.index(count - 1, 0).data() == "State NC"
    qtbot.waitUntil(lambda: "State NC" in pages_of(window) and window.is_settled)
    QTest.mouseClick(rows.remove, Qt.MouseButton.LeftButton)
    assert rows.model.rowCount() == count
    for _ in range(4):
        window.undo()
    assert window.editing is not None
    assert not window.editing.is_edited
    assert window.editing.sheets[0].parts[part].rows == window.editor.lists[part].model._table.rows  # type: ignore[union-attr]


def test_that_edits_are_asked_for_before_they_are_given_up(qtbot: QtBot, open_forms: Open) -> None:
    window = open_forms()
    window.editor.fields[_NAME].setPlainText("By hand")
    settle(qtbot, window)
    window.choices.form.setCurrentIndex(3)
    window.choices.form.activated.emit(3)
    asking = window.asking
    assert asking is not None
    stay, give_up = asking.buttons() if "Go on" in asking.buttons()[0].text() else asking.buttons()[::-1]
    QTest.mouseClick(stay, Qt.MouseButton.LeftButton)
    assert window.choices.form.currentData() == "201"
    assert window.editor.fields[_NAME].toPlainText() == "By hand"
    window.close()
    assert window.isVisible()
    assert window.asking is not None
    window.asking.close()
    window.fill_again()
    asking = window.asking
    assert asking is not None
    _, give_up = asking.buttons() if "Go on" in asking.buttons()[0].text() else asking.buttons()[::-1]
    QTest.mouseClick(give_up, Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert window.editor.fields[_NAME].toPlainText() != "By hand"
    window.close()
    assert not window.isVisible()


def test_that_what_the_reader_does_not_get_is_said_and_is_not_on_the_form(
    qtbot: QtBot, open_forms: Open, make_desk: MakeDesk
) -> None:
    desk = make_desk()
    entry = r.report("charlotte-fire", _secret())
    desk.take_in(Batch(epoch=1, reports=[entry]))
    window = open_forms(desk)
    assert "1 log entry addressed to others" in window.held_back.text()
    assert "for our eyes" not in pages_of(window)
    reader = window.choices.reader
    reader.setCurrentIndex(reader.findData("charlotte-fire"))
    reader.activated.emit(reader.currentIndex())
    settle(qtbot, window)
    assert "for our eyes" in pages_of(window)


def _secret() -> object:
    from cop.domain.log import LogEntry

    return LogEntry(id="log-9", at=r.at(-30), text="for our eyes", to=("charlotte-fire",), by="B3")


def test_that_every_form_can_be_chosen_and_each_sheet_edited(qtbot: QtBot, open_forms: Open) -> None:
    window = open_forms()
    for name in FORMS:
        choose(qtbot, window, name)
        assert f"(ICS {name})" in pages_of(window)
        assert window.editor.fields
        for field in window.editor.fields.values():
            assert field.accessibleName()
    choose(qtbot, window, "204")
    assert window.sheet.count() == 2
    window.sheet.setCurrentIndex(1)
    window.sheet.activated.emit(1)
    window.editor.fields[1, 1].setPlainText("Division West")
    qtbot.waitUntil(lambda: "Division West" in pages_of(window) and window.is_settled)
    window.sheet.setCurrentIndex(0)
    window.sheet.activated.emit(0)
    window.undo()
    assert window.sheet.currentIndex() == 1  # where the step was


def test_that_an_edited_form_is_kept_and_opened_again(qtbot: QtBot, open_forms: Open, tmp_path: Path) -> None:
    window = open_forms(about=About("incident", *RAIL))
    window.editor.fields[_NAME].setPlainText("By hand")
    window.editor.signed[0][0].setFocus()
    QTest.keyClicks(window.editor.signed[0][0], " Jr.")
    settle(qtbot, window)
    standing = window.standing()
    assert standing is not None
    file = tmp_path / "x.icsform"
    window.handing_out.save(standing, file, "keep")
    qtbot.waitUntil(file.exists)
    settle(qtbot, window)
    assert decoded(file.read_bytes()).edited
    window.close()
    assert not window.isVisible()  # what was kept need not be asked for
    other = open_forms()
    other.open_kept(file)
    qtbot.waitUntil(lambda: "x.icsform" in other.said.text())
    settle(qtbot, other)
    assert other.editor.fields[_NAME].toPlainText() == "By hand"
    assert "A. Rivera Jr." in pages_of(other)
    assert "Edited by hand" in pages_of(other)
    file.write_bytes(b"{}")
    other.open_kept(file)
    qtbot.waitUntil(lambda: other.said.text().startswith("Not opened"))


def test_that_it_prints_the_pages(qtbot: QtBot, open_forms: Open, tmp_path: Path) -> None:
    window = open_forms()
    assert window.pages.document is not None
    pages = len(window.pages.document.pages)
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    standing = window.standing()
    assert standing is not None
    window.handing_out.print_on(standing, printer)
    qtbot.waitUntil(lambda: window.said.text().startswith("Printed"), timeout=15_000)
    assert window.said.text() == f"Printed: {pages} page{'' if pages == 1 else 's'}."
    assert len(opened((tmp_path / "printed.pdf").read_bytes()).pages) == pages


def test_that_text_of_a_feed_is_never_markup_in_the_window(qtbot: QtBot, open_forms: Open, make_desk: MakeDesk) -> None:
    desk = make_desk()
    evil = "<img src=x onerror=alert(1)><b>bold</b>"
    report = desk.picture.incidents[RAIL]
    changed = r.report(RAIL[0], r.incident(RAIL[1], seconds=-1, rev=9, title=evil, type="rail", priority=1))
    assert report.key == changed.key
    desk.take_in(Batch(epoch=1, reports=[changed]))
    window = open_forms(desk, about=About("incident", *RAIL))
    assert evil in window.editor.fields[_NAME].toPlainText()
    for label in window.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText
    assert evil in window.sheet.itemText(0)
    assert evil.split(maxsplit=1)[0] in pages_of(window)


def test_that_the_menu_and_its_key_open_it_for_the_incident_that_is_selected(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    main = make_window(make_desk())
    main.select("incident", *RAIL)
    action = next(one for one in main.window_actions if one.objectName() == "share_forms")
    assert action.shortcut().toString() == "Ctrl+Shift+F"
    action.trigger()
    window = main.findChild(FormsWindow)
    assert window is not None
    settle(qtbot, window)
    assert window.editor.fields[_NAME].toPlainText() == "Hazmat rail derailment"
    editor = window.findChild(SheetEditor)
    assert editor is not None
    window.close()


@pytest.mark.parametrize("name", list(FORMS))
def test_that_golden_each_form_looks_as_agreed(name: str) -> None:
    from cop.briefing.forms.as_pdf import as_pdf

    about = About("incident", *BUSY_RAIL) if "incident" in FORMS[name].about else None
    (form, *_) = fill(name, busy_ground(), about=about)
    assert_golden(rendered(opened(as_pdf(form, OCCASION)), 0, 0.75), f"ics{name.lower()}-paper")


def test_that_golden_a_later_page_has_head_headings_and_foot() -> None:
    from cop.briefing.forms.as_pdf import as_pdf

    rows = [(f"Engine {number}", f"Work of {number}. " * (number % 5 + 1)) for number in range(60)]
    form = made(listed(*rows), marking="CONTROLLED UNCLASSIFIED INFORMATION", note="As of 01/02/2026 12:00 UTC")
    assert_golden(rendered(opened(as_pdf(form, OCCASION)), 1, 0.75), "ics-later-page-paper")
