"""One file per format. A format is added by its file and one line in `FORMATS`."""

from collections.abc import Mapping
from types import MappingProxyType

from cop.feeds.adapters import cop_json, cot_xml, hfp, owntracks
from cop.feeds.adapters.adapter import Adapter, Format
from cop.feeds.message import Feed

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        cop_json.FORMAT.name: cop_json.FORMAT,
        owntracks.FORMAT.name: owntracks.FORMAT,
        cot_xml.FORMAT.name: cot_xml.FORMAT,
        hfp.FORMAT.name: hfp.FORMAT,
    }
)


def make_adapter(feed: Feed) -> Adapter:
    """The adapter that decodes this feed. Raises KeyError for a format that nobody wrote."""
    return FORMATS[feed.format].make(feed)
