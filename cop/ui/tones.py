"""Tones for who does not look at the screen: for a request, for one whose time is nearly over, for silence.

Qt's own sound (QtMultimedia) is in PySide6-Addons, a package larger than all of Qt that the app needs. The tones are
two small WAV files, made here once, and played by the player of the machine's own sound system, a process of its own
that nobody waits for. Where there is none, or it fails, the window system's beep stands in, and `lack` says so.
"""

import math
import struct
import sys
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QProcess, QStandardPaths, QTemporaryDir
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

Tone = Literal["asked", "near_end", "silence"]
#: each tone as notes: (hertz, seconds); 0 Hz is silence
NOTES: dict[Tone, tuple[tuple[float, float], ...]] = {
    "asked": ((660.0, 0.14), (880.0, 0.22)),
    "near_end": ((988.0, 0.12), (0.0, 0.07), (988.0, 0.12), (0.0, 0.07), (988.0, 0.2)),
    "silence": ((523.0, 0.2), (0.0, 0.05), (392.0, 0.35)),
}
#: players of PipeWire, PulseAudio, ALSA and macOS, the first that is there
PLAYERS = (("pw-play",), ("paplay",), ("aplay", "-q"), ("afplay",))
_RATE = 22_050
_LOUDNESS = 0.5
_FADE_S = 0.01  # without it each note begins and ends with a click
#: on these nobody sits before the screen
_UNHEARD = frozenset({"offscreen", "minimal"})


class Tones(QObject):
    """Plays tones, one at a time, and never waits for one. `muted` keeps it silent."""

    def __init__(self, parent: QObject | None = None, *, player: Sequence[str] | None = None) -> None:
        """`player` is a program with its arguments, to which a file is added; without one it is looked for."""
        super().__init__(parent)
        self.muted = False
        self._given = tuple(player) if player is not None else None
        self._found: tuple[str, ...] | None = None
        self._folder: QTemporaryDir | None = None
        self._process = QProcess(self)
        self._process.setStandardOutputFile(QProcess.nullDevice())
        self._process.setStandardErrorFile(QProcess.nullDevice())
        self._process.errorOccurred.connect(self._failed)
        self._process.finished.connect(self._ended)
        self._failures = 0

    def play(self, tone: Tone) -> None:
        """Sound it, unless muted or a tone is sounding."""
        if self.muted or self.is_sounding():
            return
        player = self._player()
        if not player:
            self._beep()
            return
        self._process.start(player[0], [*player[1:], str(self._file(tone))])

    def is_sounding(self) -> bool:
        """Whether a tone is being played."""
        return self._process.state() != QProcess.ProcessState.NotRunning

    def lack(self) -> str:
        """Why nothing but a beep can be heard; empty where tones can."""
        if not self._player():
            return "No sound player on this machine (pipewire-bin, pulseaudio-utils or alsa-utils): it beeps instead."
        if self._failures:
            return f"{self._player()[0].rpartition('/')[2]} could not play: it beeps instead."
        return ""

    def _player(self) -> tuple[str, ...]:
        if self._found is None:
            self._found = self._given if self._given is not None else _look_for_player()
        return self._found

    def _file(self, tone: Tone) -> Path:
        if self._folder is None:
            self._folder = QTemporaryDir()
        path = Path(self._folder.path()) / f"{tone}.wav"
        if not path.exists():
            write_wav(path, NOTES[tone])
        return path

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._failures += 1
            self._beep()

    def _ended(self, code: int, status: QProcess.ExitStatus) -> None:
        if code or status != QProcess.ExitStatus.NormalExit:
            self._failures += 1
            self._beep()
        else:
            self._failures = 0

    def _beep(self) -> None:
        if QGuiApplication.platformName() not in _UNHEARD:
            QApplication.beep()


def write_wav(path: Path, notes: Sequence[tuple[float, float]]) -> None:
    """Write notes (hertz, seconds) as 16 bit mono."""
    frames = bytearray()
    for hertz, seconds in notes:
        count = round(_RATE * seconds)
        fade = _RATE * _FADE_S
        for at in range(count):
            edge = min(1.0, at / fade, (count - at) / fade)
            frames += struct.pack(
                "<h", round(32_767 * _LOUDNESS * edge * math.sin(2 * math.pi * hertz * at / _RATE)) if hertz else 0
            )
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(bytes(frames))


def _look_for_player() -> tuple[str, ...]:
    if QGuiApplication.platformName() in _UNHEARD or sys.platform == "win32":
        return ()
    for name, *arguments in PLAYERS:
        if path := QStandardPaths.findExecutable(name):
            return (path, *arguments)
    return ()
