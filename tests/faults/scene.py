"""One fault from begin to end: who is there, when it began and was over, what was lost."""

import contextlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cop.feeds.broker import Broker
from tests.conftest import wait_until
from tests.faults.brokers import Mosquitto
from tests.faults.desk import FaultDesk
from tests.faults.neighbour import Neighbour
from tests.faults.proxy import Proxy
from tests.faults.row import Row


class Scene:
    """Makes brokers, desks, proxies and neighbours and ends them; `row` counts and asserts that no action is lost."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: list[Row] = []
        self.desks: list[FaultDesk] = []
        self.neighbours: list[Neighbour] = []
        self._ending = contextlib.ExitStack()
        self.began = self._mended = 0.0
        self.online_since = datetime.now(UTC)
        self._noticed: float | None = None
        self._over: float | None = None

    def ends(self, how: Callable[[], object]) -> None:
        """Do this when the scene is over; last in, first done."""
        self._ending.callback(how)

    def mosquitto(self, settings: str = "allow_anonymous true\n", **options: Any) -> Mosquitto:
        """A running broker."""
        broker = Mosquitto(self.folder, settings, **options)
        self.ends(broker.close)
        return broker.start()

    def proxy(self, port: int) -> Proxy:
        """A proxy before a broker."""
        proxy = Proxy(port)
        self.ends(proxy.close)
        return proxy

    def desk(self, broker: str | Broker, *, start: bool = True, **options: Any) -> FaultDesk:
        """A desk; the next one's number is its name."""
        if isinstance(broker, str):
            broker = Broker(url=broker, keepalive_s=5, connect_timeout_s=1.0)
        name = options.pop("name", f"desk-{len(self.desks) + 1}")
        folder = options.pop("folder", self.folder / name)
        desk = FaultDesk(folder, broker, name=name, **options)
        self.ends(desk.close)
        self.desks.append(desk)
        return desk.start() if start else desk

    def neighbour(self, port: int, host: str = "127.0.0.1", **options: Any) -> Neighbour:
        """An agency beside the desk, which also hears what the desk says."""
        one = Neighbour(port, host, **options)
        self.ends(one.close)
        self.neighbours.append(one)
        return one

    def usual(self, **options: Any) -> tuple[Mosquitto, FaultDesk, Neighbour]:
        """A broker, a desk at it and a neighbour who said a few things before anything went wrong."""
        broker = self.mosquitto(**options)
        desk, neighbour = self.desk(broker.url), self.neighbour(broker.port)
        self.before(desk, neighbour)
        return broker, desk, neighbour

    def before(self, desk: FaultDesk, neighbour: Neighbour) -> None:
        """Some traffic and an action, all of it there before the fault begins."""
        neighbour.positions(10)
        neighbour.report(2)
        desk.act()
        desk.until(lambda: self.quiet(desk), "what was said before the fault")

    def let_pass(self, seconds: float, *desks: FaultDesk) -> None:
        """The desks go on for so long: what is read off the time between messages takes its time."""
        until = time.monotonic() + seconds

        def passed() -> bool:
            for desk in desks or self.desks:
                desk.pulse()
            return time.monotonic() >= until

        wait_until(passed, seconds + 10.0)

    def begins(self) -> None:
        """Now it goes wrong; what the desks said before is not of it."""
        for desk in self.desks:
            desk.said.clear()
        self.began = time.monotonic()

    @property
    def noticed_s(self) -> float | None:
        """How long it took to be noticed; None while it is not."""
        return self._noticed

    def noticed(self) -> None:
        """The desk has said so."""
        self._noticed = time.monotonic() - self.began

    def mended(self) -> None:
        """The cause is gone."""
        self._mended = time.monotonic()

    def over(self) -> None:
        """The desk works as before."""
        self._over = time.monotonic() - (self._mended or self.began)

    def quiet(self, *desks: FaultDesk) -> bool:
        """Whether everything that was said is where it belongs: in each picture, and at the neighbour."""
        for desk in desks or self.desks:
            desk.pulse()
        return all(one.settled() for one in self.desks) and all(
            self._complete(desk, neighbour)
            for desk in desks or self.desks
            if not desk.closed
            for neighbour in self.neighbours
        )

    def _complete(self, desk: FaultDesk, neighbour: Neighbour) -> bool:
        reports = all((neighbour.agency, one) in desk.picture.incidents for one in neighbour.said_ids)
        lines = neighbour.lines_said <= {report.body.id for report in desk.picture.log}
        heard = self._heard()
        actions = all((one.topic, one.payload) in heard or desk.fate(one) == "refused" for one in desk.taken)
        return reports and lines and actions and not self.misplaced(desk, neighbour)

    def confirmed(self, now: FaultDesk, before: FaultDesk) -> None:
        """What the desk took before its restart the broker has: it came back to the desk itself."""
        before.confirmed.update((one.topic, one.payload) for one in before.taken if now.fate(one) == "sent")

    def misplaced(self, desk: FaultDesk, neighbour: Neighbour) -> list[str]:
        """Units that do not stand where the neighbour last said."""
        return [unit for unit, place in neighbour.places.items() if desk.place(unit, neighbour.agency) != place]

    def until_quiet(self, limit_s: float = 30.0) -> None:
        """Wait until nothing is on its way any more."""
        try:
            wait_until(self.quiet, limit_s, "all that was said is there")
        except pytest.fail.Exception:
            pytest.fail(f"not within {limit_s:.0f} s: {self._missing()}", pytrace=False)

    def until_quiet_of_reports(self, limit_s: float = 30.0) -> None:
        """Wait until every report is in every picture and no action waits: of actions some may be superseded."""

        def quiet() -> bool:
            for desk in self.desks:
                desk.pulse()
            return all(
                desk.settled()
                and all((one.agency, said) in desk.picture.incidents for said in one.said_ids)
                and not self.misplaced(desk, one)
                for desk in self.desks
                for one in self.neighbours
            )

        try:
            wait_until(quiet, limit_s)
        except pytest.fail.Exception:
            pytest.fail(f"not within {limit_s:.0f} s: {self._missing()}", pytrace=False)

    def _missing(self) -> str:
        heard = self._heard()
        found = [f"state {one.picture.broker}" for one in self.desks]
        for desk in self.desks:
            found += [f"{one.id} waits" for one in desk.outbox.pending()] if not desk.closed else []
            found += [f"{one.id} unheard" for one in desk.taken if (one.topic, one.payload) not in heard]
            for neighbour in self.neighbours:
                found += [one for one in neighbour.said_ids if (neighbour.agency, one) not in desk.picture.incidents]
                found += self.misplaced(desk, neighbour)
                found += sorted(neighbour.lines_said - {report.body.id for report in desk.picture.log})
        return ", ".join(found)

    def _heard(self) -> set[tuple[str, bytes]]:
        return set[tuple[str, bytes]]().union(*(one.heard for one in self.neighbours))

    def row(self, fault: str, *, seen: str = "", remark: str = "", desk: FaultDesk | None = None) -> Row:
        """Count, note the row, and fail if an action is lost."""
        desk = desk or self.desks[0]
        known = self._heard().union(*(one.waiting() for one in self.desks))
        lost = [one for each in self.desks for one in each.unanswered(known)]
        positions = [one for neighbour in self.neighbours for one in neighbour.positions_said]
        reports = [one for neighbour in self.neighbours for one in neighbour.reports_said]
        on_record = self._recorded(desk, {*positions, *reports})
        row = Row(
            fault,
            (seen or "; ".join(f"“{line}”" for line in desk.said) or "nothing to be seen").replace(
                str(self.folder), "…"
            ),
            (sum(one not in on_record for one in positions), len(positions)),
            (sum(one not in on_record for one in reports), len(reports)),
            (len(lost), sum(len(each.taken) for each in self.desks)),
            self._noticed,
            self._over,
            remark,
        )
        self.rows.append(row)
        assert lost == []
        return row

    def _recorded(self, desk: FaultDesk, said: set[bytes]) -> set[bytes]:
        """What is on record, when nothing more comes to it: the journal is written a few times a second."""
        seen, since = desk.recorded(), time.monotonic()
        while not said <= seen and time.monotonic() - since < 1.0:
            self.let_pass(0.2)
            if (now := desk.recorded()) != seen:
                seen, since = now, time.monotonic()
        return seen

    def close(self) -> None:
        """End everything, the last made first."""
        self._ending.close()
