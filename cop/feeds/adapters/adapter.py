"""The seam every format is written against."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol, runtime_checkable

from cop.domain.report import Report
from cop.feeds.message import Feed, Message


class Adapter(Protocol):
    """Turns the messages of one feed into reports. May keep state of that feed (parts of a message, last words)."""

    def decode(self, message: Message) -> list[Report]:
        """The reports that a message makes, possibly none (control messages).

        Raises BadMessage with a reason if nothing in it can be used, or a part of it cannot (`parts.of_parts`). Any
        other exception is a bug of ours.
        """
        ...


@runtime_checkable
class Recalls(Protocol):
    """An adapter that remembers who called for help; what the one before it knew is told it when it begins."""

    def recall(self, unit: str, *, exercise: bool) -> None:
        """This unit was in an emergency, and is until it is said to be over."""
        ...


class Recorded(NamedTuple):
    """One message of a recorded file; topic and time of receipt where the recording holds them.

    A time without a zone is the recorder's local one.
    """

    topic: str | None
    payload: bytes
    at: datetime | None = None


def whole_file(data: bytes) -> Iterator[Recorded]:
    """A recorded file that holds one message, without its topic."""
    yield Recorded(None, data)


def lines(data: bytes) -> Iterator[Recorded]:
    """A recorded file that holds one message a line."""
    for line in data.splitlines():
        if line.strip():
            yield Recorded(None, line)


def never(_topic: str, _payload: bytes) -> int:
    """The sniffer of a format that cannot be told from its messages."""
    return 0


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name in `cop.toml`, what it is, how an adapter is made, how recorded files are cut."""

    name: str
    summary: str
    make: Callable[[Feed], Adapter]
    #: cuts a recorded file into messages; for `cop decode`, `cop feed try` and `cop replay-file`
    split: Callable[[bytes], Iterator[Recorded]] = whole_file
    #: how sure it is, 0…100, that a message is of this format, from topic and payload; cheap, and never raises
    sniff: Callable[[str, bytes], int] = never
    #: a topic filter that senders use
    topic: str = ""
    #: what bounds it beside the feed's own limits, in a few words
    limits: str = ""
    outbound: bool = False
    #: whether what a message means may depend on those before it: parts of a message, last words, what is no news
    remembers: bool = True
    #: the sender's time (epoch seconds) of a message that says a place and nothing else, without decoding it; None
    #: where that cannot be told for sure
    peek: Callable[[bytes], float | None] | None = None

    def example(self) -> str:
        """A `[[feed]]` of `cop.toml` to begin with; the format's page tells its options."""
        lines = (f'name = "our {self.name}"', f'format = "{self.name}"', f'topic = "{self.topic or self.name + "/#"}"')
        return "\n".join(["[[feed]]", *lines, 'agency = "whose-it-is"'])
