"""The bearing and the distance from one place to another."""

from typing import ClassVar

from cop.map.tools.measuring import MeasuringTool


class BearingTool(MeasuringTool):
    """From true north, along the shortest line; two clicks, the second ends it."""

    name: ClassVar[str] = "bearing"
    label: ClassVar[str] = "Bearing and distance"
    kind = "bearing"
    most = 2

    @property
    def hint(self) -> str:
        if not self.spots:
            return "Bearing: click from where, on a unit or on the ground · Esc ends"
        named = f" from {self.spots[0].name}" if self.spots[0].name else ""
        return f"Click what the bearing{named} is to · Backspace starts anew · Esc ends"
