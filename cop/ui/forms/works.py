"""What a window has made beside it: one work of a kind at a time, the newest counts."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from cop.ui.making import GoOn, Making


class Works(QObject):
    """Begins works; says `failed` with words, and `ended` with the kind of work, after who waited for it was told."""

    failed = Signal(str)
    ended = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._going: dict[str, Making] = {}

    def __contains__(self, kind: str) -> bool:
        return kind in self._going

    def __len__(self) -> int:
        return len(self._going)

    def begin(self, kind: str, work: Callable[[GoOn], object], then: Callable[..., None], failed: str) -> None:
        """Begin a work; one of this kind that still goes on is given up. `failed` are the words if it does not come."""
        if kind in self._going:
            self._going[kind].stop()
        making = self._going[kind] = Making(work)

        def made(result: object) -> None:
            del self._going[kind]
            then(result)
            self.ended.emit(kind)

        def not_made(why: str) -> None:
            del self._going[kind]
            self.failed.emit(f"{failed}: {why}.")
            self.ended.emit(kind)

        making.made.connect(made)
        making.failed.connect(not_made)
        making.start()

    def stop(self) -> None:
        """Nobody waits for any of them."""
        for making in self._going.values():
            making.stop()
        self._going.clear()
