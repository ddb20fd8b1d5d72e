"""One line of the benchmark table."""

from typing import NamedTuple


class Row(NamedTuple):
    """`ratio` is value ÷ floor, both measured in the same run; `limit` is what we hold it to."""

    letter: str
    what: str
    unit: str
    value: float
    floor: float
    ratio: float
    limit: str

    @property
    def holds(self) -> bool:
        """Whether the ratio is within its limit; True where there is none."""
        if not self.limit:
            return True
        sign, bound = self.limit.split()
        return self.ratio >= float(bound) if sign == "≥" else self.ratio <= float(bound)
