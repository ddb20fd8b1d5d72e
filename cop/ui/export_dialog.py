"""Save or export the picture: in which format, for whom, what of it, and what is held back, said before it leaves."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QCheckBox, QWidget

from cop.briefing.exports.export import KINDS, Export, ObjectKey, Wanted
from cop.briefing.exports.formats import FORMATS, save
from cop.briefing.leaving import Leaving
from cop.briefing.occasion import Occasion
from cop.map.icons import png_of
from cop.picture.picture import Picture
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.labels import ElidedCombo
from cop.ui.leaving_dialog import LeavingDialog, Work
from cop.ui.making import GoOn
from cop.ui.share_menu import Backdrop

_FORMATS = ("geojson", "kmz", "kml", "csv", "gpx", "cot", "tak")
_NAMES = {"csv": "CSV"}
_TRAILS = (("Last 10 minutes", 600.0), ("Last hour", 3600.0), ("Last 10 hours", 36_000.0))
_FORMAT = "share/export_format"


class ExportDialog(LeavingDialog):
    """The picture as a file for another program; `selected` is what can be saved alone, with its name."""

    def __init__(
        self,
        desk: Desk,
        settings: QSettings,
        *,
        backdrop: Backdrop,
        selected: tuple[ObjectKey, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._selected = selected
        self._form = "geojson"
        super().__init__(desk, "Save or export", settings, backdrop=backdrop, parent=parent)
        self.format.currentIndexChanged.connect(self._format_chosen)
        for box in self.kinds.values():
            box.toggled.connect(self._kinds_chosen)
        self.format.setCurrentIndex(max(0, self.format.findData(settings.value(_FORMAT))))
        self._format_chosen()
        self.format.setFocus()

    # what is asked

    def rows_above(self) -> Sequence[tuple[str, QWidget]]:
        """In which format."""
        self.format = ElidedCombo()
        for name in _FORMATS:
            one = FORMATS[name]
            self.format.addItem(f"{_NAMES.get(name, one.label)}: {one.opens_in}", name)
        return (("Format", self.format),)

    def rows_below(self) -> Sequence[tuple[str, QWidget]]:
        """What of the picture, and how far back trails go."""
        boxes, self.kinds = self.boxes(tuple(KINDS.items()))
        self.trails = ElidedCombo()
        for words, seconds in _TRAILS:
            self.trails.addItem(words, seconds)
        self.trails.setCurrentIndex(1)
        self.for_excel = QCheckBox("For Excel: marked as UTF-8")
        self.for_excel.setChecked(True)
        self.alone = QCheckBox()
        rows: list[tuple[str, QWidget]] = [("What is in it", boxes), ("Trails", self.trails), ("Table", self.for_excel)]
        if self._selected is not None:
            self.alone.setText(f"{wording.shortened(self._selected[1], 60)} alone")
            self.alone.toggled.connect(self._kinds_chosen)
            rows.append(("Selected", self.alone))
        return rows

    def proposed_name(self) -> str:
        """It says of what and of when it is."""
        words = f"{'REPLAY ' if self.desk.past else ''}{'exercise ' if self.desk.exercise else ''}"
        return f"cop {words}{self.desk.now():%Y-%m-%d %H%MZ}{self._suffix()}"

    def filters(self) -> str:
        """The files of the format."""
        return f"{self._label()} (*{self._suffix()})"

    def with_suffix(self, path: Path) -> Path:
        """A file whose suffix says its format."""
        suffixes = FORMATS[self._written_form()].suffixes
        if path.name.lower().endswith(suffixes):
            return path
        return path.with_name(_stem(path.name) + suffixes[0])

    def why_not(self) -> str:
        """Something must be in it."""
        return "" if self._kinds() else "Choose what is to be in it."

    # saving

    def save_to(self, path: Path, occasion: Occasion) -> Work:
        """Write the file."""
        form = self._written_form()
        only = frozenset({self._selected[0]}) if self._selected is not None and self.alone.isChecked() else frozenset()
        since = occasion.at.timestamp() - float(self.trails.currentData())
        wanted = Wanted(kinds=self._kinds(), only=only, since=since, for_excel=self.for_excel.isChecked())
        self.settings.setValue(_FORMAT, self._form)

        def work(leaves: Leaving, _: Picture, go_on: GoOn) -> object:
            go_on()
            return save(Export(leaves, occasion, wanted, png_of), form, path)

        return work

    def has_saved(self, result: object) -> tuple[str, str]:
        """The format, and how many objects, rows or events."""
        count = cast(int, result)
        what = {"csv": ("row", "rows"), "cot": ("event", "events"), "tak": ("event", "events")}
        one, more = what.get(self._form, ("object", "objects"))
        return f"{self._label()} file", f"{count:,} {one if count == 1 else more}"

    # what was chosen

    def _format_chosen(self) -> None:
        """Another format holds other things; the file is called by it."""
        self._form = str(self.format.currentData())
        possible, usual = self._form_of_kinds()
        for kind, box in self.kinds.items():
            box.setVisible(kind in possible)
            box.setChecked(kind in usual)
        self.form.setRowVisible(self.for_excel, self._form == "csv")
        self._kinds_chosen()

    def _kinds_chosen(self) -> None:
        self.form.setRowVisible(self.trails, "trail" in self._kinds())
        self._rename()
        self.adjustSize()

    def _rename(self) -> None:
        """The file wears the suffix of its format, as long as it wears one of ours."""
        path = Path(self.file.text())
        known = tuple(suffix for one in FORMATS.values() for suffix in one.suffixes)
        if path.name.lower().endswith(known):
            self.file.setText(str(path.with_name(_stem(path.name) + self._suffix())))

    def _form_of_kinds(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        form = FORMATS["csv-zip" if self._form == "csv" else self._form]
        return form.kinds, form.usual

    def _kinds(self) -> frozenset[str]:
        possible, _ = self._form_of_kinds()
        return frozenset(kind for kind, box in self.kinds.items() if box.isChecked() and kind in possible)

    def _written_form(self) -> str:
        """One table is a file of its own, several are an archive."""
        return "csv-zip" if self._form == "csv" and len(self._kinds()) > 1 else self._form

    def _suffix(self) -> str:
        return FORMATS[self._written_form()].suffixes[0]

    def _label(self) -> str:
        return _NAMES.get(self._form, FORMATS[self._form].label)


def _stem(name: str) -> str:
    """A file's name without the suffix of any of our formats."""
    known = sorted((suffix for one in FORMATS.values() for suffix in one.suffixes), key=len, reverse=True)
    found = next((suffix for suffix in known if name.lower().endswith(suffix)), "")
    return name[: len(name) - len(found)] if found else name
