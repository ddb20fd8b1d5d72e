"""Which symbols units wear: ours, or those of MIL-STD-2525."""

from pathlib import Path
from typing import Literal

from cop.map.symbols import UnitDrawing, unit_symbol

SymbolSet = Literal["cop", "mil-std-2525"]


def unit_drawing(name: SymbolSet, cache: Path) -> tuple[UnitDrawing, str]:
    """How units are drawn with this set, and why they wear ours although it was not asked for.

    `cache` is a folder to keep what was drawn.
    """
    if name == "cop":
        return unit_symbol, ""
    from cop.map.mil_symbols import MilSymbolsError, load_mil_symbols  # noqa: PLC0415  # few ask for it: a start is spared

    try:
        return load_mil_symbols(cache), ""
    except MilSymbolsError as error:
        return unit_symbol, f"{error}. Units wear COP's own symbols."
