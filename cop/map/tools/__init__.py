"""The tools of the map: draw, change, measure. One file a tool; the table says what there is, in the menu's order."""

from collections.abc import Callable
from dataclasses import dataclass

from cop.map.palette import Palette
from cop.map.tools.tool import Tool


@dataclass(frozen=True, slots=True)
class ToolKind:
    """A row of the tools menu. `group` parts the menu; `make` gives a tool that is used once."""

    name: str
    label: str
    group: str
    keys: str
    make: Callable[[Palette], Tool]


def tool_kinds() -> tuple[ToolKind, ...]:
    """Every tool that can be taken from the menu."""
    return ()
