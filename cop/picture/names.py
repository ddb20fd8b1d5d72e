"""What agencies, units and incidents are called, in words that can be shown: on one line, never empty."""

from cop.domain.agency import Agency
from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.words import INCIDENT_TYPES, label
from cop.picture.earlier import Jump
from cop.picture.picture import Picture

_SHORT_WORDS = frozenset(
    {
        "pd",
        "fd",
        "so",
        "ems",
        "em",
        "nc",
        "sc",
        "csx",
        "fbi",
        "us",
        "nws",
        "dot",
        "ncdot",
        "scdot",
        "eoc",
        "tsa",
        "ntsb",
        "cats",
        "unc",
    }
)


def agency_name(picture: Picture, agency: str) -> str:
    """What an agency calls itself, else its id in words: "gastonia-fd" -> "Gastonia FD"."""
    profile = picture.agencies.get(agency)
    if profile is not None and isinstance(profile.body, Agency) and (name := one_line(profile.body.name)):
        return name
    return spelled_out(agency)


def spelled_out(agency: str) -> str:
    """An agency's id in words."""
    words = one_line(agency[:256]).replace("_", "-").split("-")  # a word may name one that no topic could
    return " ".join(word.upper() if word in _SHORT_WORDS else word.capitalize() for word in words) or "—"


def incident_title(report: Report) -> str:
    """An incident's title, else its type in words."""
    body = report.body
    if not isinstance(body, Incident):
        return ""
    return one_line(body.title) or label(INCIDENT_TYPES, body.type)


def unit_callsign(picture: Picture, agency: str, unit: str) -> str:
    """A unit's callsign, else its id."""
    row = picture.tracks.row_of(agency, unit)
    return called(picture.tracks.callsigns[row] if row is not None else "", unit)


def called(name: str, object_id: str) -> str:
    """A name of a feed on one line; the id where nothing of it can be seen."""
    return one_line(name) or one_line(object_id) or "—"


def one_line(text: str) -> str:
    """Text of a feed on one line, without control or direction-changing characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def jump_words(jump: Jump) -> str:
    """ "jumped 412 km", "jumped 3.1 km"."""
    km = jump.metres / 1000
    return f"jumped {km:.1f} km" if km < 9.95 else f"jumped {km:,.0f} km"
