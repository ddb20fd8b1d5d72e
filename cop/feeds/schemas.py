"""JSON Schemas of every payload of our own format, generated from the structs that decode them."""

import inspect
import json
from pathlib import Path
from typing import Any

import msgspec

from cop.domain.report import BODY_KINDS
from cop.feeds.topics import KINDS, LIVE_ROOT, object_topic


def schemas() -> dict[str, str]:
    """File name -> JSON Schema (draft 2020-12), one for each kind of object on the wire."""
    files = {}
    for kind in KINDS:
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": f"{object_topic(LIVE_ROOT, '<agency>', kind, '<id>')}",
            **msgspec.json.schema(BODY_KINDS[kind]),
        }
        _clean(schema)
        files[f"{kind}.json"] = json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    return files


def _clean(schema: Any) -> None:
    """Docstrings without their indentation, which Python 3.13 takes away and 3.11 does not."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "description" and isinstance(value, str):
                schema[key] = inspect.cleandoc(value)
            else:
                _clean(value)


def write(folder: Path) -> list[Path]:
    """Write them into a folder; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written
