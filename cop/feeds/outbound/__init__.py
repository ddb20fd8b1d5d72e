"""What goes out to those who do not speak our format: one file per format, one line each in `WRITERS`."""

import importlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol

from cop.domain.report import Report


class Outgoing(NamedTuple):
    """One message to send: `id` is the object's topic level."""

    id: str
    payload: bytes


class Writer(Protocol):
    """Writes reports in one format. May remember what belongs together (a unit's words and its positions), bounded."""

    def take(self, report: Report) -> list[Outgoing]:
        """The messages that a report gives rise to; none for what the format cannot say."""
        ...


#: format -> module of this folder and class
WRITERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "cot-xml": ("cot", "CotWriter"),
        "geojson": ("geojson", "GeoJsonWriter"),
        "cop-json": ("cop_json", "CopJsonWriter"),
    }
)


def make_writer(form: str) -> Writer:
    """A writer of that format. Raises KeyError for one that nobody wrote."""
    module, name = WRITERS[form]
    writer: Writer = getattr(importlib.import_module(f"{__name__}.{module}"), name)()
    return writer
