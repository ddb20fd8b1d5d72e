"""One file per format. A format is added by its file and one line in `FAMILIES`; it is imported when it is used."""

import importlib
from collections.abc import Mapping
from itertools import islice
from types import MappingProxyType

from cop.feeds.adapters.adapter import Adapter, Format, Recorded
from cop.feeds.message import Feed

AUTO = "auto"
_SNIFFED_BYTES, _SNIFFED_MESSAGES = 64 << 10, 20

#: format -> the module of this folder that decodes it, family by family
FAMILIES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "Our own": {"cop-json": "cop_json"},
        "Positions": {
            "cot-xml": "cot_xml",
            "tak-protobuf": "tak_protobuf",
            "cot-json": "cot_json",
            "owntracks": "owntracks",
            "ais": "ais",
            "digitraffic-ais": "digitraffic_ais",
            "adsb": "adsb",
            "sbs": "sbs",
            "meshtastic": "meshtastic",
            "traccar": "traccar",
            "nmea": "nmea",
            "taip": "taip",
            "aprs": "aprs",
            "gtfs-rt": "gtfs_rt",
            "hfp": "hfp",
        },
        "Incidents and resources": {
            "ucri2": "ucri2",
            "edxl-rm": "edxl_rm",
            "edxl-have": "edxl_have",
            "niem-cfs": "niem_cfs",
            "uicds": "uicds",
            "eido": "eido",
        },
        "Alerts and areas": {
            "cap": "cap",
            "nws": "nws",
            "edxl-de": "edxl_de",
            "wzdx": "wzdx",
            "road-events": "road_events",
            "geojson": "geojson",
            "kml": "kml",
        },
        "Any other": {
            "csv": "generic_csv",
            "json": "generic_json",
        },
    }
)
MODULES: Mapping[str, str] = MappingProxyType(
    {name: module for family in FAMILIES.values() for name, module in family.items()}
)


def format_of(name: str) -> Format:
    """The format of that name. Raises KeyError for one that nobody wrote."""
    module = importlib.import_module(f"{__name__}.{MODULES[name]}")
    form: Format = module.FORMAT
    return form


def make_adapter(feed: Feed) -> Adapter:
    """The adapter that decodes this feed. Raises KeyError for an unknown format, ValueError for a wrong option."""
    return format_of(feed.format).make(feed)


def sniff_file(content: bytes, topic: str = "") -> str | None:
    """The format that is surest of a recorded file: of the whole, or of its first messages as the format cuts it."""
    sure = {}
    for name in MODULES:
        form = format_of(name)
        first = islice(form.split(content[:_SNIFFED_BYTES]), _SNIFFED_MESSAGES)
        found = (form.sniff(one.topic or topic, one.payload) for one in first)
        sure[name] = max(form.sniff(topic, content), max(found, default=0))
    best = max(sure, key=lambda name: sure[name])
    return best if sure[best] else None


__all__ = ["AUTO", "FAMILIES", "MODULES", "Recorded", "format_of", "make_adapter", "sniff_file"]
