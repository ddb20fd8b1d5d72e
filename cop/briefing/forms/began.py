"""When an operation began, for the numbers of its operational periods."""

from datetime import datetime

from cop.picture.picture import Picture


def began(picture: Picture, at: datetime) -> datetime:
    """The time of the first word that a picture still knows, where no journal tells it; `at` where it knows none."""
    tables = (picture.incidents, picture.tasks, picture.units, picture.agencies)
    heard = (one.received_at for table in tables for one in table.values())
    return min((one for one in heard if one <= at), default=at)
