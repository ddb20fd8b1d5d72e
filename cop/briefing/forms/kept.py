"""A form that is kept to be worked on later: a JSON document with its sheets, and what it says of its making."""

import msgspec

from cop.briefing.forms.form import Form, Row, Table
from cop.briefing.occasion import Occasion

SUFFIX = ".icsform"
_MOST_BYTES = 64_000_000
#: a form of another time is a stranger's
_YEARS = (1900, 2900)
_WHAT = "cop-ics-form"


class KeptForm(msgspec.Struct, frozen=True, kw_only=True):
    """Sheets as they were kept; `held_back` says what their reader did not get."""

    what: str = _WHAT
    version: int = 1
    occasion: Occasion
    sheets: tuple[Form, ...]
    edited: bool = False
    held_back: tuple[str, ...] = ()


def encoded(kept: KeptForm) -> bytes:
    """As bytes for a file."""
    return msgspec.json.format(msgspec.json.encode(_clean(kept)), indent=1)


def decoded(document: bytes) -> KeptForm:
    """Read it back. Raises ValueError, in words, for what is none."""
    if len(document) > _MOST_BYTES:
        raise ValueError("the file is too large to be a form")
    try:
        kept = msgspec.json.decode(document, type=KeptForm)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(f"this is no kept form: {error}") from error
    if kept.what != _WHAT or not kept.sheets:
        raise ValueError("this is no kept form")
    if kept.version != 1:
        raise ValueError("this form was kept by a newer version of COP")
    for moment in (kept.occasion.at, kept.occasion.made_at):
        if moment.tzinfo is None or not _YEARS[0] <= moment.year <= _YEARS[1]:
            raise ValueError("this is no kept form: its time is none that a calendar here knows")
    for sheet in kept.sheets:
        for part in sheet.parts:
            if isinstance(part, Row) and not part.boxes:
                raise ValueError("this is no kept form: a row has no boxes")
            if isinstance(part, Table) and any(len(row) > len(part.columns) for row in part.rows):
                raise ValueError("this is no kept form: a row is longer than its list is wide")
    return kept


def _clean(kept: KeptForm) -> KeptForm:
    """Without what no file can hold: half a surrogate pair, from a feed."""
    builtin = msgspec.to_builtins(kept, builtin_types=(bytes,))
    return msgspec.convert(_encodable(builtin), KeptForm, builtin_types=(bytes,))


def _encodable(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _encodable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(one) for one in value]
    return value
