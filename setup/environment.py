"""The virtual environment in .venv: built once, and again when what it was built from has changed."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import subprocess
import sys
import tomllib
from pathlib import Path

from setup.setup_error import SetupError

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
STAMP = VENV / ".ready.json"


def ensure() -> None:
    """Build or refresh the environment; does nothing, and needs no network, when it already fits."""
    wanted = _ingredients()
    built = _built()
    if built == wanted and PYTHON.exists():
        return
    moved = built is not None and any(built.get(key) != wanted[key] for key in ("root", "python"))
    if moved or not _works():
        _create()
    print("Installing the Python packages into .venv (once; a minute or two) ...", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    if subprocess.run([*pip, "--editable", f"{ROOT}[dev]"], check=False).returncode != 0:
        raise SetupError("pip could not install the packages named in pyproject.toml; its own words are above")
    STAMP.write_text(json.dumps(wanted, indent=1) + "\n", encoding="utf-8")


def _ingredients() -> dict[str, str]:
    """What the environment depends on: its place (scripts hold it), the interpreter and the project's own tables."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    asked = json.dumps([tables["build-system"], tables["project"]], sort_keys=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {"root": str(ROOT), "python": version, "project": hashlib.sha256(asked.encode()).hexdigest()}


def _built() -> dict[str, str] | None:
    try:
        found: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _works() -> bool:
    if not PYTHON.exists():
        return False
    return subprocess.run([str(PYTHON), "-m", "pip", "--version"], check=False, capture_output=True).returncode == 0


def _create() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        raise SetupError("this Python cannot make a virtual environment; on Debian: sudo apt-get install python3-venv")
    print("Creating .venv ...", flush=True)
    if subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False).returncode != 0:
        raise SetupError("the virtual environment could not be made; Python's own words are above")
