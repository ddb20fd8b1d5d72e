"""Measure an area and the way around it."""

from typing import ClassVar

from cop.map.tools.measuring import MeasuringTool


class AreaTool(MeasuringTool):
    """Geodesic on WGS 84."""

    name: ClassVar[str] = "area"
    label: ClassVar[str] = "Measure area"
    kind = "area"
    least = 3

    @property
    def hint(self) -> str:
        if len(self.spots) < self.least:
            wanted = ("first", "second", "third")[len(self.spots)]
            return f"Area: click its {wanted} corner · Backspace takes one back · Esc ends"
        return "Click the next corner · double-click or Enter keeps it · Backspace takes one back"
