"""What the controller of an exercise does goes into the controller's journal, and onto its time bar."""

import functools
import json
from collections.abc import Callable, Sequence

from PySide6.QtCore import QSettings

from cop.exercise.control_words import CONTROL, Act, written
from cop.ui.controller.words import mark_words
from cop.ui.desk import Desk

#: puts a note of a kind on record, whose bytes are made on another thread; False where nobody takes it now
Note = Callable[[str, Callable[[], bytes]], bool]
_NOTED = "control_noted"
#: what happened so long before this desk heard of it stands on the record, but is no news on the bar
_NEWS_WITHIN_S = 120.0
_WORDS_LENGTH = 120


class ActsOnRecord:
    """Each act once, over restarts of this desk too; `names` are the agencies'."""

    def __init__(self, desk: Desk, note: Note, settings: QSettings, names: dict[str, str]) -> None:
        self._desk, self._note, self._settings, self._names = desk, note, settings, names
        self._noted: set[str] = set(str(settings.value(_NOTED, "")).split())

    def take(self, acts: Sequence[Act]) -> None:
        """Note what was not noted yet; what nobody takes now is noted later."""
        fresh = [(key, act) for act in acts if (key := _key(act)) not in self._noted]
        for key, act in fresh:
            if not self._note(CONTROL, functools.partial(written, act)):
                return
            self._noted.add(key)
            if abs((self._desk.now() - act.at).total_seconds()) < _NEWS_WITHIN_S:
                words = mark_words(act, self._names)[:_WORDS_LENGTH]
                mark = {"kind": CONTROL, "agency": act.agency, "id": act.inject or act.act, "words": words}
                self._note("mark", functools.partial(_as_json, mark))
        if fresh:
            self._noted &= {_key(act) for act in acts}
            self._settings.setValue(_NOTED, " ".join(sorted(self._noted)))
            self._settings.sync()


def _key(act: Act) -> str:
    return f"{act.at.timestamp():.3f}/{act.act}/{act.inject or act.agency}".replace(" ", "_")


def _as_json(said: dict[str, str]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()
