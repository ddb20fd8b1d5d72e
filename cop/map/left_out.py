"""What somebody took off a map, in words: an empty place on it must not be taken for an empty place on the ground."""

import math

from cop.map.layer_set import LayerSet
from cop.picture.tracks import Tracks


def left_out(layers: LayerSet, tracks: Tracks) -> str:
    """How many units the filter hides, and what is not shown at all; empty if all is."""
    units = layers.units
    said = []
    if units.filter:
        hidden = units.hidden_count
        said.append(f"{units.shown_count + hidden:,} units, {hidden:,} hidden by filter")
        if is_hidden(layers, tracks, units.selected):
            said.append("the selected one too")
    gone = [one.label for one in (layers.units, layers.incidents, layers.zones, layers.resources) if not one.visible]
    if gone:
        said.append(f"not shown: {', '.join(gone).lower()}")
    return " · ".join(said)


def is_hidden(layers: LayerSet, tracks: Tracks, row: int | None) -> bool:
    """Whether a unit would be on the map but for the filter."""
    if row is None or not layers.units.filter:
        return False
    placed = bool(tracks.present[row]) and math.isfinite(tracks.lat[row])
    return placed and layers.units.position(row) is None
