"""Views of the map with a name, kept for the desk."""

import json

from PySide6.QtCore import QSettings

from cop.map.moves import Look, look_of
from cop.ui import wording

_KEY = "bookmarks"
_MOST = 40
_LONGEST = 60


class Bookmarks:
    """Names and views in the order in which they were made; what cannot be read in the settings is left out."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings
        self._looks: dict[str, Look] = {}
        try:
            kept = json.loads(str(settings.value(_KEY, "{}")))
            for name, said in kept.items():
                if (look := look_of(said)) is not None:
                    self._looks[str(name)] = look
        except (ValueError, AttributeError, RecursionError):
            self._looks = {}

    def share(self, other: "Bookmarks") -> None:
        """From now on these are the same as another window's, and kept where those are."""
        self._settings, self._looks = other._settings, other._looks

    def all(self) -> dict[str, Look]:
        """Every bookmark, the oldest first."""
        return dict(self._looks)

    def put(self, name: str, look: Look) -> str:
        """Keep a view under a name, instead of one of the same name; the reason why not, empty if it was kept."""
        name = wording.one_line(name)[:_LONGEST].strip()
        if not name:
            return "A bookmark needs a name."
        if name not in self._looks and len(self._looks) >= _MOST:
            return f"There are {_MOST} bookmarks already: remove one first."
        self._looks[name] = look
        self._save()
        return ""

    def remove(self, name: str) -> None:
        """Keep it no longer."""
        self._looks.pop(name, None)
        self._save()

    def _save(self) -> None:
        self._settings.setValue(_KEY, json.dumps({name: list(look) for name, look in self._looks.items()}))
        self._settings.sync()
