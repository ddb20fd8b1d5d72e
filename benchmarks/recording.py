"""(n) Messages a second from broker to picture with the journal, beside the same without it."""

import statistics

from benchmarks.ingest import MESSAGES, UNITS, ours
from benchmarks.mosquitto import mosquitto
from benchmarks.row import Row
from benchmarks.traffic import positions

_ROUNDS = 5


def run() -> list[Row]:
    """Medians of alternating rounds."""
    packets = positions(MESSAGES, UNITS)
    without, with_it = [], []
    with mosquitto() as port:
        ours(port, packets, 100)  # warm: the first is not counted
        for round_ in range(_ROUNDS):
            without.append(ours(port, packets, 2 * round_, recorded=False))
            with_it.append(ours(port, packets, 2 * round_ + 1))
    floor, rate = statistics.median(without), statistics.median(with_it)
    return [Row("n", "broker → picture, journal on ÷ off", "messages/s", rate, floor, rate / floor, "≥ 0.85")]


if __name__ == "__main__":
    for row in run():
        print(row)
