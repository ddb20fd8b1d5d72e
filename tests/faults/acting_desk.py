"""A desk that acts without pause and says each action once it was taken, until it is killed: its folder, its broker."""

import json
import sys
from pathlib import Path

from cop.feeds.broker import Broker
from tests.faults.desk import FaultDesk


def main(folder: str, url: str) -> None:
    """Act, pulse, say."""
    desk = FaultDesk(Path(folder), Broker(url=url, keepalive_s=5, connect_timeout_s=1.0))
    desk.begin()
    while True:
        desk.act()
        one = desk.taken[-1]
        print(json.dumps({"id": one.id, "topic": one.topic, "payload": one.payload.decode()}), flush=True)
        desk.pulse()


if __name__ == "__main__":
    main(*sys.argv[1:])
