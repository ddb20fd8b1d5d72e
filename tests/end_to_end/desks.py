"""Start desktops as processes, tell them what to press, ask them what they show."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import wait_until

_ROOT = Path(__file__).parents[2]
_PROGRAM = Path(__file__).with_name("pressed_desktop.py")


class DeskProcess:
    """One desktop: `tell("press", name="Accept")`, `state()`, `kill()`, `start()` again on the same folder."""

    def __init__(self, folder: Path, *, broker: str, agency: str, role: str, feeds: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.agency = agency
        self.journal = folder / "data" / "journal.sqlite"
        self._settings = folder / "cop.toml"
        self._settings.write_text(
            f'[desk]\nagency = "{agency}"\nrole = "{role}"\noperator = "{role} {agency}"\ndata = "{folder / "data"}"\n'
            f'[broker]\nurl = "{broker}"\n{feeds}'
        )
        self._errors = (folder / "errors.txt").open("ab")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it is up when it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"tests.end_to_end.{_PROGRAM.stem}", str(self._settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=_ROOT,
        )

    def tell(self, do: str, **what: Any) -> Any:
        """Have a person at this desk do something; raises AssertionError with the desk's words if it could not."""
        assert self.process is not None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": do, **what}).encode() + b"\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith(b"DONE "):
                answer = json.loads(line[5:])
                if isinstance(answer, dict) and set(answer) == {"error"}:
                    raise AssertionError(f"{self.agency}: {do} {what}: {answer['error']}")
                return answer
        raise AssertionError(f"{self.agency} ended while asked to {do}: {self.errors()[-2000:]}")

    def state(self) -> dict[str, Any]:
        """The picture of this desk, as `--state` writes it."""
        answer = self.tell("state")
        assert isinstance(answer, dict)
        return answer

    def until(self, condition: Callable[[dict[str, Any]], object], what: str, limit_s: float = 20.0) -> dict[str, Any]:
        """Wait until this desk's picture is so; the picture."""
        last: dict[str, Any] = {}

        def so() -> object:
            last.update(self.state())
            return condition(last)

        wait_until(so, limit_s, f"{self.agency}: {what}")
        return last

    def until_online(self) -> None:
        """Wait until the broker is reached."""
        self.until(lambda seen: (seen["broker"] or {}).get("state") == "online", "online", 40)

    def kill(self) -> None:
        """End it as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe is not None:
                    pipe.close()
            self.process = None

    def errors(self) -> str:
        """What it wrote to standard error."""
        self._errors.flush()
        return Path(self._errors.name).read_text(errors="replace")

    def close(self) -> None:
        """End it and its files."""
        self.kill()
        self._errors.close()
