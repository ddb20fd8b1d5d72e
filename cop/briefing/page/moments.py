"""Times as a page says them."""

from datetime import UTC, datetime


def moment_words(at: datetime) -> str:
    """A time for people: on the wall where it was made, and in UTC."""
    local = at.astimezone()
    if not local.utcoffset():
        return f"{local:%a %d %b %Y %H:%M}Z"
    return f"{local:%a %d %b %Y %H:%M} {local.tzname() or ''} ({at.astimezone(UTC):%H:%M}Z)".replace("  ", " ")


def age_s(said: datetime, at: datetime) -> int:
    """How old a word is at a moment, whole seconds; negative where it is later."""
    return round((at - said).total_seconds())
