"""Save or export: in which format, for whom, what of it; words for what goes wrong."""

import csv
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cop.domain.agreement import Agreement, Agreements, ShareClause, Term
from cop.ui.export_dialog import ExportDialog
from cop.ui.main_window import MainWindow
from tests.ui.conftest import MakeDesk, MakeWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
CLAUSE = ShareClause(number="5", says="Not shown.", giver="mecklenburg-ems", to=("*",), positions="none")
PAPER = Agreement(
    id="mou", title="MOU", parties=("mecklenburg-ems", "x"), in_force_from=date(2020, 1, 1), clauses=(CLAUSE,)
)


@pytest.fixture
def window(make_desk: MakeDesk, make_window: MakeWindow) -> MainWindow:
    return make_window(make_desk(agreements=Agreements([Term(PAPER, CLAUSE)])))


def opened(window: MainWindow, qtbot: QtBot) -> ExportDialog:
    window.save_picture()
    dialog = window.findChild(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    qtbot.waitUntil(dialog.go.isEnabled, timeout=5000)
    return dialog


def save(dialog: ExportDialog, file: Path, qtbot: QtBot) -> str:
    """Press Save; what it says in the end."""
    dialog.file.setText(str(file))
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.refusal.text() != dialog.at_work, timeout=5000)
    return dialog.refusal.text()


def choose(dialog: ExportDialog, form: str) -> None:
    dialog.format.setCurrentIndex(dialog.format.findData(form))


def test_that_the_picture_is_saved_for_anybody_and_what_is_held_back_is_said_before(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = opened(window, qtbot)
    assert dialog.held_back.text() == "Mecklenburg EMS, MOU §5: 2 positions not shown"
    words = save(dialog, tmp_path / "picture.geojson", qtbot)
    document = json.loads((tmp_path / "picture.geojson").read_text(encoding="utf-8"))
    places = {one["id"]: one["geometry"] for one in document["features"]}
    assert places["unit/mecklenburg-ems/medic-9"] is None
    assert places["unit/charlotte-fire/engine-4"] is not None
    assert document["clauses"] == [
        {"giver": "mecklenburg-ems", "clause": "MOU §5", "what": "positions not shown", "count": 2}
    ]
    assert words.endswith(f"picture.geojson, {len(document['features'])} objects.")


def test_that_our_own_people_get_all_of_it(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened(window, qtbot)
    dialog.reader.setCurrentIndex(dialog.reader.findData("charlotte-fire"))
    qtbot.waitUntil(dialog.go.isEnabled, timeout=5000)
    save(dialog, tmp_path / "ours.geojson", qtbot)
    document = json.loads((tmp_path / "ours.geojson").read_text(encoding="utf-8"))
    assert document["for"] == "Charlotte Fire"
    assert all(one["geometry"] for one in document["features"] if one["properties"]["kind_of_object"] == "unit")


def test_that_the_file_wears_the_suffix_of_its_format_and_one_table_is_a_file(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = opened(window, qtbot)
    choose(dialog, "csv")
    assert dialog.file.text().endswith(".zip")
    for kind, box in dialog.kinds.items():
        box.setChecked(kind == "task")
    assert dialog.file.text().endswith(".csv")
    assert save(dialog, tmp_path / "tasks.geojson", qtbot).endswith("tasks.csv, 3 rows.")
    content = (tmp_path / "tasks.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert {row["objective"] for row in rows} == {"Decon corridor", "Triage", "Stage at Sharon Amity"}
    assert rows[0]["file_for"] == "anybody"


def test_that_a_kmz_holds_the_symbols_of_the_map(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened(window, qtbot)
    choose(dialog, "kmz")
    save(dialog, tmp_path / "picture.kmz", qtbot)
    with zipfile.ZipFile(tmp_path / "picture.kmz") as archive:
        names = archive.namelist()
        assert names[0] == "doc.kml"
        document = archive.read("doc.kml").decode()
        icons = [name for name in names if name.startswith("icons/")]
        assert icons
        for name in icons:
            assert f"<href>{name}</href>" in document
            assert archive.read(name).startswith(b"\x89PNG")


def test_that_what_is_selected_can_be_saved_alone(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.select("unit", "charlotte-fire", "engine-4")
    dialog = opened(window, qtbot)
    assert dialog.alone.text() == "Engine 4 alone"
    dialog.alone.setChecked(True)
    save(dialog, tmp_path / "one.geojson", qtbot)
    document = json.loads((tmp_path / "one.geojson").read_text(encoding="utf-8"))
    assert [one["id"] for one in document["features"]] == ["unit/charlotte-fire/engine-4"]


def test_that_what_goes_wrong_is_said_in_words(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened(window, qtbot)
    assert save(dialog, tmp_path / "nowhere" / "picture.geojson", qtbot).startswith("Not saved: ")
    for box in dialog.kinds.values():
        box.setChecked(False)
    assert save(dialog, tmp_path / "picture.geojson", qtbot) == "Choose what is to be in it."
    assert not [one for one in tmp_path.iterdir() if one.name != "window.ini"]
