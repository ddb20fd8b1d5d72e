"""The picture of the controller's page: Steel Rail in its seventh minute, an agency played by hand.

`python -m tests.controller_portrait FILE.png`: the real exercise, broker and window; `make screenshots` runs it.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from cop.exercise.control_words import SetRate, TakeOver
from tests.conftest import Mosquitto
from tests.exercise.test_control_on_the_wire import controlling, order, process, sees, there

_SECOND = 330.0


def main() -> None:
    """Take it."""
    with tempfile.TemporaryDirectory() as folder:
        broker = Mosquitto(Path(folder))
        broker.start()
        try:
            _take(broker.url, folder, sys.argv[1])
        finally:
            broker.stop()


def _take(url: str, folder: str, file: str) -> None:
    window = [sys.executable, "-m", "cop", "control", "steel-rail", "--broker", url, "--theme", "dark", "--offscreen"]
    with process(url, rate=20.0), controlling(url) as controls:
        there(controls)
        shown = subprocess.Popen(
            [*window, "--for", "45", "--screenshot", file],
            env={**os.environ, "XDG_DATA_HOME": folder, "QT_QPA_PLATFORM": "offscreen"},
        )
        sees(controls, lambda heard: heard.state is not None and heard.state.t > _SECOND, "its sixth minute")
        order(controls, SetRate, rate=1.0)
        order(controls, TakeOver, agency="gaston-sheriff")
        assert shown.wait(120) == 0


if __name__ == "__main__":
    main()
