"""A form leaves the window: saved as PDF or as a page, kept to be worked on, printed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QStandardPaths, Qt, Signal
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from cop.briefing.forms.form import Form
from cop.briefing.forms.kept import SUFFIX, KeptForm, encoded
from cop.briefing.occasion import Occasion
from cop.briefing.whole_file import write_whole
from cop.ui.forms.printing import Printing
from cop.ui.forms.rendering import Document, opened
from cop.ui.forms.works import Works
from cop.ui.making import GoOn

_FOLDER = "share/folder"
#: words for the dialog of the system, and the suffix
KINDS = {
    "pdf": ("PDF (*.pdf)", "pdf"),
    "html": ("Web page (*.html)", "html"),
    "keep": (f"Form to work on (*{SUFFIX})", SUFFIX[1:]),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Sheets as they stand, and as they leave (those that were edited say so); `author` is the agency."""

    sheets: tuple[Form, ...]
    printed: tuple[Form, ...]
    occasion: Occasion
    held_back: tuple[str, ...]
    author: str

    def pdf(self) -> bytes:
        """As it is printed."""
        from cop.briefing.forms.as_pdf import as_pdf  # noqa: PLC0415 - takes a while: beside the window

        return as_pdf(self.printed, self.occasion, author=self.author)

    def html(self) -> bytes:
        """As a page for browsers."""
        from cop.briefing.forms.as_html import as_html  # noqa: PLC0415 - as above

        return as_html(self.printed, self.occasion, author=self.author)

    def keep(self) -> bytes:
        """To be worked on later."""
        edited = self.printed != self.sheets
        return encoded(KeptForm(occasion=self.occasion, sheets=self.sheets, edited=edited, held_back=self.held_back))


class HandingOut(QObject):
    """Asks where to, and writes or prints beside the work; `said` tells how it goes, in words and tone."""

    said = Signal(str, str)
    kept = Signal(object)  # tuple[Form, ...]: the sheets as they were kept

    def __init__(self, works: Works, settings: QSettings, kinds: str, window: QWidget) -> None:
        """`kinds`: what a file's name says before all else ("EXERCISE")."""
        super().__init__(window)
        self._works, self._settings, self._kinds, self._window = works, settings, kinds, window
        self._printing: Printing | None = None

    def folder(self) -> Path:
        """Where something was saved last."""
        kept = str(self._settings.value(_FOLDER) or "")
        if kept and Path(kept).is_dir():
            return Path(kept)
        return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or Path.home())

    def ask_to_save(self, standing: Standing, kind: str) -> None:
        """Ask where to: as PDF, as a page for browsers, or to be worked on later."""
        words, suffix = KINDS[kind]
        at = f"{standing.occasion.at:%Y-%m-%d %H%MZ}"
        name = " ".join(filter(None, (f"ICS {standing.sheets[0].name}", self._kinds, f"{at}.{suffix}")))
        dialog = QFileDialog(self._window, "Save the form", str(self.folder() / name), words)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.fileSelected.connect(lambda file: self.save(standing, Path(file), kind))
        dialog.open()

    def save(self, standing: Standing, path: Path, kind: str) -> None:
        """Write it, beside the work."""
        self._settings.setValue(_FOLDER, str(path.parent))
        self.said.emit(f"Saving {path.name}…", "muted")
        make: Callable[[], bytes] = {"pdf": standing.pdf, "html": standing.html, "keep": standing.keep}[kind]

        def work(_go_on: GoOn) -> int:
            document = make()
            write_whole(path, document)
            return len(document)

        def saved(size: int) -> None:
            if kind == "keep":
                self.kept.emit(standing.sheets)
            self.said.emit(f"Saved: {path.name}, {size / 1e3:,.0f} kB.", "ok")

        self._works.begin(f"save {path}", work, saved, "Not saved")

    def ask_to_print(self, standing: Standing) -> None:
        """Ask for the printer."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(f"ICS {standing.sheets[0].name}")
        dialog = QPrintDialog(printer, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.print_on(standing, printer))
        QDialog.open(dialog)

    def print_on(self, standing: Standing, printer: QPrinter) -> None:
        """Print the pages as they are now."""
        self.said.emit("Printing…", "muted")

        def begin(document: Document) -> None:
            self._printing = Printing(document, printer, self)
            self._printing.ended.connect(
                lambda pages: self.said.emit(f"Printed: {pages} page{'' if pages == 1 else 's'}.", "ok")
            )
            self._printing.failed.connect(lambda why: self.said.emit(f"Not printed: {why}.", "bad"))
            self._printing.start()

        self._works.begin("print", lambda _go_on: opened(standing.pdf()), begin, "Not printed")

    def stop(self) -> None:
        """The window goes: no more pages are printed."""
        if self._printing is not None:
            self._printing.stop()
