"""The picture leaves the window as a file."""

import json
from pathlib import Path

from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.ui.conftest import MakeDesk, MakeWindow


def test_that_the_picture_is_saved_as_geojson_and_the_window_says_so(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window(make_desk())
    window.save_picture()
    dialog = window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "picture.geojson"))
    dialog.close()
    document = json.loads((tmp_path / "picture.geojson").read_text())
    kinds = {feature["properties"]["kind_of_object"] for feature in document["features"]}
    assert {"unit", "incident", "resource"} <= kinds
    assert window.notice.text() == f"Saved {len(document['features'])} objects to picture.geojson."


def test_that_a_folder_that_cannot_be_written_is_said_in_words(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window(make_desk())
    window.save_picture()
    dialog = window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "nowhere" / "picture.geojson"))
    dialog.close()
    assert window.notice.text() == "Not saved: No such file or directory."
