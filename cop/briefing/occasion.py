"""What every product that leaves says of itself: of which operation, when, from whom, for whom, how it is marked."""

from datetime import datetime

import msgspec

from cop.domain.desk import Operator


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """An operational period (ICS): its number and its bounds, aware times."""

    number: int
    begins: datetime
    ends: datetime


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """`exercise` is the exercise's title, empty for live work; `classification` the line above and below every page.

    `past` says, in words, that it was looked up later ("REPLAY: what this desk knew at that time; looked up later");
    `reader` is the agency that it is for, empty for anybody. `at` is the moment that it shows, `made_at` when it was
    made.
    """

    operation: str
    at: datetime
    made_at: datetime
    operator: Operator
    exercise: str = ""
    classification: str = ""
    past: str = ""
    reader: str = ""
    period: Period | None = None
    period_words: str = ""
