"""The formats that a file can be written in: by its suffix, or by the format's name."""

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO, NamedTuple

from cop.briefing.exports.export import Export
from cop.briefing.whole_file import whole


class Form(NamedTuple):
    """A format: what people call it, the suffixes of its files (the first is its own), and whom it is for."""

    label: str
    suffixes: tuple[str, ...]
    module: str
    opens_in: str

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that it can hold."""
        return tuple(importlib.import_module(self.module).POSSIBLE)

    @property
    def usual(self) -> tuple[str, ...]:
        """The kinds that it holds unless others are asked for."""
        return tuple(importlib.import_module(self.module).USUAL)


_HERE = __name__.rpartition(".")[0]
FORMATS: Mapping[str, Form] = MappingProxyType(
    {
        "geojson": Form("GeoJSON", (".geojson", ".json"), f"{_HERE}.geojson", "GIS programs and web maps"),
        "kmz": Form("KMZ", (".kmz",), f"{_HERE}.kmz", "Google Earth, ATAK; with symbols and times"),
        "kml": Form("KML", (".kml",), f"{_HERE}.kml", "Google Earth and GIS programs"),
        "csv": Form("CSV, one table", (".csv",), f"{_HERE}.csv_table", "Excel and databases"),
        "csv-zip": Form("CSV, all tables (ZIP)", (".zip",), f"{_HERE}.csv_tables", "Excel and databases"),
        "gpx": Form("GPX", (".gpx",), f"{_HERE}.gpx", "GPS receivers and mapping apps"),
        "cot": Form("CoT events", (".cot", ".xml"), f"{_HERE}.cot", "TAK servers and programs that read CoT"),
        "tak": Form("TAK data package", (".tak.zip", ".dpk"), f"{_HERE}.tak_package", "ATAK, WinTAK, iTAK"),
    }
)


class UnknownForm(ValueError):  # noqa: N818  # a word for people, as BadMessage is
    """No format of that name or suffix; says which there are."""


def form_of(path: Path, named: str = "") -> str:
    """The format of a file: the named one, else that of its suffix. Raises UnknownForm."""
    if named:
        if named not in FORMATS:
            raise UnknownForm(f"{named!r} is no format; there are {', '.join(FORMATS)}")
        return named
    name = path.name.lower()
    fitting = [(len(suffix), form) for form, one in FORMATS.items() for suffix in one.suffixes if name.endswith(suffix)]
    if not fitting:
        raise UnknownForm(f"{path.name}: what format? Its suffix is none of {', '.join(_suffixes())}")
    return max(fitting)[1]


def write(export: Export, form: str, to: IO[bytes]) -> int:
    """Write it in a format; how many objects (or places of trails) it holds. Raises ValueError for what it cannot."""
    writer: Callable[[Export, IO[bytes]], int] = importlib.import_module(FORMATS[form].module).write
    return writer(export, to)


def save(export: Export, form: str, path: Path) -> int:
    """Write a file, all of it or none: what stood there stays until it is whole. Raises OSError, ValueError."""
    with whole(path) as file:
        return write(export, form, file)


def _suffixes() -> list[str]:
    return [one.suffixes[0] for one in FORMATS.values()]
