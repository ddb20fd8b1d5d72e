"""Share the after-action review of what is on record: made by a process of its own, however long the record is."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from PySide6.QtCore import QObject, QSettings, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

import cop
from cop.briefing.leaving import Leaving
from cop.briefing.occasion import Occasion
from cop.picture.picture import Picture
from cop.ui.desk import Desk
from cop.ui.edges import kind_words
from cop.ui.labels import ElidedCombo, button
from cop.ui.leaving_dialog import LeavingDialog, Work
from cop.ui.making import GoOn
from cop.ui.share_menu import Backdrop

_FORMS = (("Web page", ".html"), ("Paper (PDF)", ".pdf"))
_KEPT_BACK = "kept back: "
_LOOKS_EVERY_S = 0.1
_TO_OTHERS = "Messages to others, drafts of others, and what tells where units are that this reader may not see."
_ALL = "Nothing: all that is on record is reviewed."


class _Progress(QObject):
    """Carries from the thread to the window how far it is."""

    reached = Signal(str)


class ReviewDialog(LeavingDialog):
    """For whom, as a page or on paper; it says how far it is, and opens what was made."""

    at_work = "Reading the record…"

    def __init__(
        self, desk: Desk, journal: Path, settings: QSettings, *, backdrop: Backdrop, parent: QWidget | None = None
    ) -> None:
        self._journal = journal
        super().__init__(desk, "After-action review", settings, backdrop=backdrop, parent=parent)
        self._progress = _Progress(self)
        self._progress.reached.connect(self._say_progress)
        self.open_saved = button("Open it", hint="Open the saved review")
        self.open_saved.clicked.connect(self._open_saved)
        self.open_saved.hide()
        self.buttons.addWidget(self.open_saved)
        self.reader.setFocus()

    def rows_below(self) -> Sequence[tuple[str, QWidget]]:
        """As a page, or on paper."""
        self.form_of = ElidedCombo()
        for words, suffix in _FORMS:
            self.form_of.addItem(words, suffix)
        self.form_of.currentIndexChanged.connect(
            lambda _: self.file.setText(str(Path(self.file.text()).with_suffix(self._suffix())))
        )
        return (("As", self.form_of),)

    def look(self) -> None:
        """What is held back hangs on the record: it is counted when that was read, and said with what was saved."""
        ours = self.reader.currentData() == self.desk.operator.agency
        self.say_held_back([_ALL if ours else _TO_OTHERS])

    def proposed_name(self) -> str:
        """It says of what and of which day it is."""
        kinds = "EXERCISE " if "EXERCISE" in kind_words(self.desk) else ""
        return f"cop review {kinds}{self.desk.now():%Y-%m-%d}.html"

    def filters(self) -> str:
        """Pages, or papers."""
        return "Web page (*.html)" if self._suffix() == ".html" else "PDF (*.pdf)"

    def with_suffix(self, path: Path) -> Path:
        """A suffix by which the command knows what to make."""
        return path if path.suffix.lower() == self._suffix() else path.with_name(path.name + self._suffix())

    def save_to(self, path: Path, occasion: Occasion) -> Work:
        """Let the command do it: it reads a day of record in a minute, and the window goes on meanwhile."""
        words = [
            *(sys.executable, "-m", "cop", "review", str(self._journal), "--progress", "-o", str(path)),
            *("--operation", occasion.operation, "--for", occasion.reader),
            *("--classification", occasion.classification),
            *(("--config", str(self.backdrop.config)) if self.backdrop.config is not None else ()),
        ]
        self.open_saved.hide()
        reached = self._progress.reached

        def save(_: Leaving, __: Picture, go_on: GoOn) -> object:
            return run(words, go_on, reached.emit)

        return save

    def has_saved(self, result: object) -> tuple[str, str]:
        """A review; what was kept back of it, and how large it is."""
        said = str(result)
        size = f"{self.saved.stat().st_size / 1e6:.1f} MB" if self.saved is not None and self.saved.exists() else ""
        return "After-action review", ". Held back: ".join(filter(None, (size, said)))

    def after_saving(self) -> None:
        """It can be opened."""
        self.open_saved.show()
        self.open_saved.setFocus()

    def _suffix(self) -> str:
        return str(self.form_of.currentData())

    def _say_progress(self, percent: str) -> None:
        if self.is_saving:
            self.say(f"Reading the record… {percent}", "muted")

    def _open_saved(self) -> None:
        if self.saved is None or not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.saved))):
            self.say("No program could be started for it. The file is where you saved it.", "bad")


def run(words: Sequence[str], go_on: GoOn, reached: Callable[[str], object]) -> str:
    """Run the command to its end; what it kept back, in words. `go_on` may throw: then it is ended.

    Raises OSError with the command's own words where it did not do it.
    """
    root = str(Path(cop.__file__).parents[1])
    settings = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))}
    process = subprocess.Popen(  # noqa: S603 - our own command
        list(words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={**settings, "PYTHONIOENCODING": "utf-8"},
    )
    complaints: list[str] = []
    assert process.stdout is not None
    assert process.stderr is not None
    listening = [
        threading.Thread(target=_listen, args=(process.stdout, lambda line: _percent(line, reached)), daemon=True),
        threading.Thread(target=_listen, args=(process.stderr, complaints.append), daemon=True),
    ]
    for one in listening:
        one.start()
    try:
        while process.poll() is None:
            go_on()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_LOOKS_EVERY_S)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    for one in listening:
        one.join()
    if process.returncode:
        said = [line.removeprefix("Error: ") for line in complaints if line]
        raise OSError(said[-1] if said else f"the review ended with code {process.returncode}")
    return "; ".join(line.removeprefix(_KEPT_BACK) for line in complaints if line.startswith(_KEPT_BACK))


def _listen(stream: IO[str], take: Callable[[str], object]) -> None:
    for line in stream:
        take(line.rstrip("\n"))


def _percent(line: str, reached: Callable[[str], object]) -> None:
    if line.endswith(" %"):
        with contextlib.suppress(RuntimeError):  # the dialog is gone
            reached(line)
