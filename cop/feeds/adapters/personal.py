"""What may be about a caller, a patient or a bystander: it is counted as lost, and its words are shown to nobody."""

import re

_WITHHELD = "personal data not shown"
_ALREADY = "not shown"
#: what senders call members that are about persons, beside those that their formats know
_ABOUT_PERSONS = re.compile(
    r"person|caller|patient|contact|callback|phone|telefon|telecom|rufnummer|anrufer|informer|victim|suspect|accused"
    r"|witness|complainant|reportingparty|subscriber|occupant|resident|owner|originator|subject|birth|gender|ethnic"
    r"|licen[cs]e|plate|email|\bssn\b|\bsip\b",
    re.IGNORECASE,
)
#: an address or a number at which somebody is reached, wherever it stands
_REACHES = re.compile(
    r"\b(?:tel|sips?|mailto):|(?<!\d)\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)|\+\d{1,3}[ /.()-]?\d[\d /.()-]{5,}",
    re.IGNORECASE,
)


def withheld(losses: dict[str, str]) -> dict[str, str]:
    """The losses of a message about an incident, those without their words that may be about a person.

    A name says so (`callbackNumber`), its own or one below it, or a telephone number does. What a loss says is bounded
    (`readings.loss`), and so is the time that this takes.
    """
    return {name: _WITHHELD if _is_personal(name, text) else text for name, text in losses.items()}


def _is_personal(name: str, text: str) -> bool:
    if _ALREADY in text:
        return False
    return bool(_ABOUT_PERSONS.search(name) or _ABOUT_PERSONS.search(text) or _REACHES.search(text))
