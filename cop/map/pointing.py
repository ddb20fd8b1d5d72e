"""What a point on the screen means: the incident, unit, zone or alert that stands there."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF

from cop.domain.agency import Agency
from cop.map.layers.incidents import IncidentLayer
from cop.map.layers.labels import LabelLayer
from cop.map.layers.resources import ResourceLayer
from cop.map.layers.units import UnitLayer
from cop.map.layers.zones import ZoneLayer
from cop.map.viewport import Viewport
from cop.picture.picture import Picture

_CLICK_REACH_PX = 14.0
_MENU_REACH_PX = 20.0
_MOST_IN_MENU = 8


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands under the cursor, and how it is called."""

    kind: str
    agency: str
    id: str
    text: str


class Pointing:
    """Asks the layers that are shown; what is hidden cannot be hit."""

    def __init__(
        self,
        picture: Picture,
        *,
        zones: ZoneLayer,
        units: UnitLayer,
        incidents: IncidentLayer,
        labels: LabelLayer,
        resources: ResourceLayer,
    ) -> None:
        self._picture = picture
        self._zones = zones
        self._units = units
        self._incidents = incidents
        self._labels = labels
        self._resources = resources

    def object_at(self, at: QPointF, view: Viewport) -> tuple[str, str, str]:
        """Kind, agency and id of what a click means, all "" for nothing; incidents first, labels mean their symbol.

        Of the kind "cluster" the id is the number of the bubble (`UnitLayer.members`).
        """
        if self._incidents.visible:
            for placed in self._incidents.near(at, view, _CLICK_REACH_PX):
                return "incident", *placed.key
        if self._units.visible:
            for row in self._units.near(at, view, _CLICK_REACH_PX):
                return "unit", *self._picture.tracks.keys[row]
            if (bubble := self._units.bubble_at(at, view)) is not None:
                return "cluster", "", str(bubble)
        if self._labels.visible:
            unit_boxes, incident_boxes = self._labels.boxes(view)
            for key, box in incident_boxes.items():
                if box.contains(at):
                    return "incident", *key
            for row, box in unit_boxes.items():
                if box.contains(at):
                    return "unit", *self._picture.tracks.keys[row]
        if self._resources.visible:
            for key, _ in self._resources.near(at, view, _CLICK_REACH_PX):
                return "resource", *key
        drawn = self._zones.at(at, view) if self._zones.visible else None
        return drawn if drawn is not None else ("", "", "")

    def standing_at(self, at: QPointF, view: Viewport) -> list[Standing]:
        """Incidents, units, alerts and zones under a point, for the menu of the place."""
        found: list[Standing] = []
        if self._incidents.visible:
            found.extend(
                Standing("incident", *placed.key, f"P{placed.priority} {placed.title}")
                for placed in self._incidents.near(at, view, _MENU_REACH_PX)
            )
        if self._units.visible:
            for row in self._units.near(at, view, _MENU_REACH_PX):
                agency, unit = self._picture.tracks.keys[row]
                profile = self._picture.agencies.get(agency)
                owner = profile.body.name if profile is not None and isinstance(profile.body, Agency) else agency
                found.append(Standing("unit", agency, unit, f"{self._picture.tracks.callsigns[row]} · {owner}"))
        if self._resources.visible:
            near = self._resources.near(at, view, _CLICK_REACH_PX)
            found.extend(Standing("resource", *key, name) for key, name in near)
        if self._zones.visible:
            found.extend(Standing(*of, name) for of, name in self._zones.standing_at(at, view))
        return found[:_MOST_IN_MENU]
