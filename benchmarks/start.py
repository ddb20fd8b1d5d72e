"""(d) Start to first painted map, beside the start to an empty pyqtgraph window."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.row import Row

_ROUNDS = 5
_EMPTY_WINDOW = """
import pyqtgraph
from PySide6.QtCore import QTimer
application = pyqtgraph.mkQApp()
class Window(pyqtgraph.PlotWidget):
    def paintEvent(self, event):
        super().paintEvent(event)
        print("painted", flush=True)
        QTimer.singleShot(0, application.quit)
window = Window()
window.resize(1920, 1080)
window.show()
application.exec()
"""


def _seconds(command: list[str], environment: dict[str, str]) -> float:
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("painted"):
            break
    else:
        raise RuntimeError(f"{command[1:3]} painted nothing")
    taken = time.perf_counter() - begin
    process.stdout.close()
    process.wait(20)
    return taken


def run() -> list[Row]:
    """Medians of alternating starts; no broker is there, so that only our own work is timed."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with tempfile.TemporaryDirectory() as folder:
        # A start finds all of Python compiled, as the second start on any desk does, wherever this is run.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["PYTHONPYCACHEPREFIX"] = f"{folder}/compiled"
        settings = Path(folder) / "cop.toml"
        settings.write_text(f'[desk]\ndata = "{folder}/data"\n[broker]\nurl = "mqtt://127.0.0.1:9"\n')
        ours = [sys.executable, "-m", "cop", "run", "--config", str(settings), "--offscreen", "--until-painted"]
        empty = [sys.executable, "-c", _EMPTY_WINDOW]
        _seconds(empty, environment), _seconds(ours, environment)  # caches warm for both
        times = [(_seconds(empty, environment), _seconds(ours, environment)) for _ in range(_ROUNDS)]
    floor = statistics.median(one[0] for one in times)
    value = statistics.median(one[1] for one in times)
    return [
        Row("d", "start to first painted map ÷ to an empty pyqtgraph window", "s", value, floor, value / floor, "≤ 2")
    ]


if __name__ == "__main__":
    print(*run(), sep="\n")
