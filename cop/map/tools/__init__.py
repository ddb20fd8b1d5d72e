"""The tools of the map: draw, change, measure. One file a tool; the table says what there is, in the menu's order."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from cop.map.tools.bearing import BearingTool
from cop.map.tools.context import ToolContext
from cop.map.tools.draw_zone import DrawZoneTool
from cop.map.tools.measure_area import AreaTool
from cop.map.tools.measure_distance import DistanceTool
from cop.map.tools.range_rings import RangeRingsTool
from cop.map.tools.tool import Tool


@dataclass(frozen=True, slots=True)
class ToolKind:
    """A row of the tools menu. `group` parts the menu; `make` gives a tool that is used once."""

    name: str
    label: str
    group: str
    keys: str
    make: Callable[[ToolContext], Tool]


def tool_kinds() -> tuple[ToolKind, ...]:
    """Every tool that can be taken from the menu."""
    return (
        ToolKind("draw_area", "Draw an area", "draw", "Z", partial(DrawZoneTool, shape="polygon")),
        ToolKind("draw_circle", "Draw a circle", "draw", "C", partial(DrawZoneTool, shape="circle")),
        ToolKind("draw_corridor", "Draw a corridor", "draw", "Shift+C", partial(DrawZoneTool, shape="corridor")),
        ToolKind("draw_line", "Draw a line", "draw", "Shift+Z", partial(DrawZoneTool, shape="line")),
        ToolKind("draw_grid", "Draw a lettered grid", "draw", "Shift+G", partial(DrawZoneTool, shape="grid")),
        ToolKind("distance", "Measure distance", "measure", "D", DistanceTool),
        ToolKind("area", "Measure area", "measure", "Shift+D", AreaTool),
        ToolKind("bearing", "Bearing and distance", "measure", "B", BearingTool),
        ToolKind("rings", "Range rings", "measure", "G", RangeRingsTool),
    )
