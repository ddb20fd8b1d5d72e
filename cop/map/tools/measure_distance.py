"""Measure the length of a line of clicks: each leg, the total, the bearing of the last leg."""

from typing import ClassVar

from cop.map.tools.measuring import MeasuringTool


class DistanceTool(MeasuringTool):
    """Geodesic on WGS 84."""

    name: ClassVar[str] = "distance"
    label: ClassVar[str] = "Measure distance"
    kind = "distance"

    @property
    def hint(self) -> str:
        if not self.spots:
            return "Distance: click where it begins, on a unit or on the ground · Esc ends"
        if len(self.spots) < self.least:
            return "Click the next point · Backspace takes one back · Esc ends"
        return "Click the next point · double-click or Enter keeps it · Backspace takes one back"
