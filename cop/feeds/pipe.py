"""What the desktop says to the feed process: its setting-up, and two words through the pipe."""

import msgspec

from cop.domain.agreement import Agreements
from cop.domain.desk import Operator
from cop.feeds.broker import Broker
from cop.feeds.message import Feed
from cop.feeds.outlet import Outlet

#: the outbox has a new action; end in order
NEWS, QUIT = b"news", b"quit"


class OpenEmergency(msgspec.Struct, frozen=True):
    """A unit that has called for help and has not been said to be safe since."""

    agency: str
    unit: str
    exercise: bool


class FeedSetup(msgspec.Struct, frozen=True, kw_only=True):
    """All that the feed process is told: broker, feeds, outlets, whose desk it serves, where its files are.

    `emergencies` are those that stand in the picture when it is started again; `agreements` say what outlets may show.
    """

    broker: Broker
    feeds: tuple[Feed, ...]
    operator: Operator
    root: str
    journal: str
    outbox: str
    client_id: str
    publish: tuple[Outlet, ...] = ()
    emergencies: tuple[OpenEmergency, ...] = ()
    agreements: Agreements = Agreements()
    operation: str = ""
