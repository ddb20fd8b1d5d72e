"""(n) Messages a second from broker to picture with the journal, beside the same without it."""

import statistics

from benchmarks.ingest import MESSAGES, UNITS, ours
from benchmarks.mosquitto import mosquitto
from benchmarks.row import Row
from benchmarks.traffic import positions

_ROUNDS = 9


def run() -> list[Row]:
    """Medians of alternating rounds; the ratio is the median of each pair's, for others use the machine too."""
    packets = positions(MESSAGES, UNITS)
    without, with_it = [], []
    with mosquitto() as port:
        ours(port, packets, 100)  # warm: the first is not counted
        for round_ in range(_ROUNDS):
            turns = ((without, False), (with_it, True))
            for rates, recorded in turns if round_ % 2 else turns[::-1]:
                rates.append(ours(port, packets, 2 * round_ + recorded, recorded=recorded))
    floor, rate = statistics.median(without), statistics.median(with_it)
    ratio = statistics.median(one / other for one, other in zip(with_it, without, strict=True))
    return [Row("n", "broker → picture, journal on ÷ off", "messages/s", rate, floor, ratio, "≥ 0.85")]


if __name__ == "__main__":
    for row in run():
        print(row)
