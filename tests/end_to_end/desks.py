"""Start desktops as processes, tell them what to press, ask them what they show."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import wait_until

_ROOT = Path(__file__).parents[2]
_PROGRAM = Path(__file__).with_name("pressed_desktop.py")


class DeskProcess:
    """One desktop: `tell("press", name="Accept")`, `state()`, `kill()`, `start()` again on the same folder."""

    def __init__(
        self,
        folder: Path,
        *,
        broker: str,
        agency: str,
        role: str,
        feeds: str = "",
        options: dict[str, Any] | None = None,
    ) -> None:
        """`options`: what else `cop run` or `cop control` would be given."""
        self._options = [json.dumps(options)] if options else []
        folder.mkdir(parents=True, exist_ok=True)
        self.agency = agency
        self.data = folder / "data"
        self._settings = folder / "cop.toml"
        self._settings.write_text(
            f'[desk]\nagency = "{agency}"\nrole = "{role}"\noperator = "{role} {agency}"\ndata = "{folder / "data"}"\n'
            f'[broker]\nurl = "{broker}"\n{feeds}'
        )
        self._errors = (folder / "errors.txt").open("ab")
        self.process: subprocess.Popen[bytes] | None = None
        self._asked = ""

    def start(self) -> None:
        """Start it; it is up when it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"tests.end_to_end.{_PROGRAM.stem}", str(self._settings), *self._options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=_ROOT,
        )

    def tell(self, do: str, **what: Any) -> Any:
        """Have a person at this desk do something; raises AssertionError with the desk's words if it could not."""
        self.begin(do, **what)
        return self.done()

    def begin(self, do: str, **what: Any) -> None:
        """The same without waiting for it: several desks do it at one time. `done` says what came of it."""
        assert self.process is not None
        assert self.process.stdin is not None
        self._asked = f"{do} {what}"
        self.process.stdin.write(json.dumps({"do": do, **what}).encode() + b"\n")
        self.process.stdin.flush()

    def done(self) -> Any:
        """What came of what was begun."""
        assert self.process is not None
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(b"DONE "):
                answer = json.loads(line[5:])
                if isinstance(answer, dict) and set(answer) == {"error"}:
                    raise AssertionError(f"{self.agency}: {self._asked}: {answer['error']}")
                return answer
        raise AssertionError(f"{self.agency} ended while asked to {self._asked}: {self.errors()[-2000:]}")

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

    def until_reads(self, words: str, limit_s: float = 20.0) -> None:
        """Wait until these words can be read on a label of this desk."""
        self._until_among(lambda: self.tell("texts"), (words,), "the screen", limit_s)

    def until_line(self, listed: str, *words: str, limit_s: float = 20.0) -> str:
        """Wait until a row of a list holds all these words; the row."""
        return self._until_among(lambda: self.tell("lines", name=listed), words, repr(listed), limit_s)

    def _until_among(self, read: Callable[[], list[str]], words: tuple[str, ...], where: str, limit_s: float) -> str:
        there: list[str] = []
        found: list[str] = []

        def fitting() -> bool:
            there[:] = read()
            found[:] = [text for text in there if all(word in text for word in words)]
            return bool(found)

        try:
            wait_until(fitting, limit_s)
        except pytest.fail.Exception:
            raise AssertionError(f"{self.agency}: {words} on {where}; there is {there}") from None
        return found[0]

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
