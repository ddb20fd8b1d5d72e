"""The colours of a theme: one table for windows and map, read from `resources/themes/<name>.toml`."""

import colorsys
import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from zlib import crc32

import msgspec
from PySide6.QtGui import QColor

from cop.domain.agency import Agency
from cop.picture.picture import Picture

RESOURCES = Path(__file__).parents[2] / "resources"

Colour = Annotated[str, msgspec.Meta(pattern=r"^#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})$")]
Opaque = Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}$")]

#: WCAG 2.1 §1.4.11 asks for 3:1 between a graphic and what it stands on
_READABLE_CONTRAST = 3.0


@dataclass(frozen=True)
class Palette:
    """Every colour of a theme as `#rrggbb`, those of the map also `#rrggbbaa` (read them with `colour`)."""

    name: Literal["dark", "light"]
    # windows
    window: Opaque
    panel: Opaque
    raised: Opaque  # cards, chips, the selected row
    border: Opaque
    text: Opaque
    muted: Opaque
    accent: Opaque
    accent_text: Opaque  # on accent
    ok: Opaque
    warn: Opaque
    bad: Opaque
    exercise: Opaque
    exercise_text: Opaque  # on exercise
    replay: Opaque  # the edge and the badge of what shows the past
    replay_text: Opaque  # on replay
    # map
    map_background: Opaque
    water: Colour
    road: Colour
    road_casing: Colour
    motorway: Colour
    motorway_casing: Colour
    boundary: Colour  # county lines
    state_boundary: Colour
    place: Colour
    region_name: Colour  # county and jurisdiction names
    label: Colour
    label_halo: Colour
    label_chip: Colour  # behind callsigns
    control: Colour  # chips and buttons on the map
    symbol_disc: Opaque  # inside a unit's ring
    selection: Colour
    grid: Colour  # lines of the reference grid; what is written on them wears `label`
    hot_zone: Colour
    zone: Colour
    # keyed by the words of cop.domain.words
    status: dict[str, Opaque]
    priority: dict[str, Opaque]  # "1" … "5"
    priority_text: dict[str, Opaque]  # on priority
    task: dict[str, Opaque]
    health: dict[str, Opaque]  # feed states
    discipline: dict[str, Opaque]
    agencies: tuple[Opaque, ...]  # for agencies that name no colour

    def priority_colours(self, priority: int) -> tuple[str, str]:
        """Ground of a priority and what is written on it; anything outside 1…5 wears the last one's."""
        known = str(priority if 1 <= priority <= 5 else 5)
        return self.priority[known], self.priority_text[known]

    def status_colour(self, status: str) -> str:
        """The ring colour of a unit status; a word outside our table wears that of unknown."""
        return self.status.get(status, self.status["unknown"])


@functools.cache
def load_palette(name: Literal["dark", "light"]) -> Palette:
    """Read a theme. Raises msgspec.ValidationError if a colour is missing or malformed."""
    table = tomllib.loads((RESOURCES / "themes" / f"{name}.toml").read_text(encoding="utf-8"))
    return msgspec.convert({"name": name, **table}, Palette)


def colour(text: str) -> QColor:
    """A palette entry as a QColor: Qt itself would read `#rrggbbaa` as `#aarrggbb`. Raises ValueError."""
    if not re.fullmatch(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})", text):
        raise ValueError(f"{text!r} is no colour of the form #rrggbb or #rrggbbaa")
    red, green, blue = (int(text[at : at + 2], 16) for at in (1, 3, 5))
    return QColor(red, green, blue, int(text[7:9], 16) if len(text) == 9 else 255)


def agency_colour(picture: Picture, agency: str, palette: Palette) -> QColor:
    """The colour an agency asks for in its profile, else a stable pick; made readable on this theme's map."""
    profile = picture.agencies.get(agency)
    wanted = profile.body.colour if profile is not None and isinstance(profile.body, Agency) else None
    if wanted is None:
        wanted = palette.agencies[crc32(agency.encode()) % len(palette.agencies)]
    return QColor(readable(wanted, palette.symbol_disc))


@functools.lru_cache(maxsize=1024)
def readable(wanted: str, ground: str) -> str:
    """The wanted colour, made lighter or darker until it stands out from the ground at 3:1 (WCAG 2.1 §1.4.11)."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_unit_rgb(wanted))
    step = -0.02 if luminance(ground) > 0.18 else 0.02
    result = wanted
    while contrast(result, ground) < _READABLE_CONTRAST and 0.0 < lightness + step < 1.0:
        lightness += step
        result = "#" + "".join(f"{round(255 * part):02x}" for part in colorsys.hls_to_rgb(hue, lightness, saturation))
    return result


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two opaque colours, 1…21 (WCAG 2.1, "contrast ratio")."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def luminance(text: str) -> float:
    """Relative luminance of a colour, 0…1, alpha ignored (WCAG 2.1, "relative luminance")."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _unit_rgb(text)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _unit_rgb(text: str) -> tuple[float, float, float]:
    one = colour(text)
    return one.redF(), one.greenF(), one.blueF()
