"""Where commands take their picture from: a state document, or a moment of a journal; with ground and agreements."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from cop.authority.authority import Authority
from cop.briefing.leaving import Leaving, leaving
from cop.briefing.occasion import Occasion
from cop.briefing.reader import check_reader, readers
from cop.briefing.state_reading import picture_of, whose_state
from cop.briefing.whole_file import check_not_read
from cop.config import Config, ConfigError, load
from cop.domain.agreement import Agreements
from cop.domain.desk import Operator
from cop.exercise.scenario import ScenarioError, load_scenario
from cop.feeds.topics import exercise_root
from cop.picture.change import Change
from cop.picture.ground import Ground
from cop.picture.home import HomeGround
from cop.picture.picture import Picture
from cop.replay.recall import Recall


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a command was told: a state document or a journal (and of it the moment, and the operation).

    `output` is where something will be written: not over what it is made from.
    """

    state: Path | None = None
    journal: Path | None = None
    operation: str = ""
    at: str = ""
    config: Path | None = None
    reader: str = ""
    trails: bool = False
    output: Path | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The picture of a moment with all that products are made from; `recall` where it comes from a journal."""

    config: Config
    picture: Picture
    at: datetime
    ground: Ground
    agreements: Agreements
    operator: Operator
    occasion: Occasion
    recall: Recall | None

    def leaving(self) -> Leaving:
        """What of the picture the reader may have."""
        return leaving(
            self.picture,
            self.at,
            reader=self.occasion.reader,
            own=self.operator.agency,
            operation=self.occasion.operation,
        )

    def authority(self) -> Authority:
        """Who leads, and what stands in conflict, at the moment."""
        live = not self.occasion.exercise
        authority = Authority(self.picture, self.ground, self.agreements, self.operator, lambda: self.at, live=live)
        authority.take(everything(self.picture))
        return authority


@contextlib.contextmanager
def opened(asked: Asked) -> Iterator[Source]:
    """Read what was asked for. Raises ConfigError, in words, for what cannot be read."""
    if (asked.state is None) == (asked.journal is None):
        raise ConfigError("say either --state FILE or --journal FILE")
    with contextlib.ExitStack() as opened_files:
        try:
            if asked.output is not None:
                check_not_read(asked.output, asked.state, asked.journal)
            source = _of_state(asked) if asked.state is not None else _of_journal(asked, opened_files)
            _check_reader(source)
            yield source
        except (OSError, ValueError) as error:
            named = asked.state or asked.journal
            raise ConfigError(str(error) if str(named) in str(error) else f"{named}: {error}") from error


def everything(picture: Picture) -> Change:
    """The change that names all that stands in a picture, for who looks at it for the first time."""
    empty = Picture(picture.home, picture.agreements, pace=picture.tracks.pace)
    return empty.apply(picture.snapshot().batch(epoch=1))


def _of_state(asked: Asked) -> Source:
    assert asked.state is not None
    document = asked.state.read_bytes()
    whose = whose_state(document)
    config = load(asked.config)
    if whose.exercise and not config.exercise:
        config = msgspec.structs.replace(config, root=exercise_root(whose.exercise_name))
    ground = config.ground()
    agreements, _problems = config.load_agreements(ground)
    home = HomeGround(ground, config.map.doubtful_beyond_km)
    picture, at = picture_of(document, home=home, agreements=agreements)
    operator = whose.desk or Operator(
        agency=config.desk.agency, role=config.desk.role, name=config.desk.operator, desk=config.desk_name()
    )
    operation = asked.operation or whose.operation or config.desk.operation
    return Source(
        config,
        picture,
        at,
        ground,
        agreements,
        operator,
        _occasion(asked, config, operator, operation, at, exercise=whose.exercise, past=""),
        None,
    )


def _of_journal(asked: Asked, opened_files: contextlib.ExitStack) -> Source:
    assert asked.journal is not None
    recall = Recall(asked.journal, asked.operation)
    opened_files.callback(recall.close)
    whose = recall.whose
    config = msgspec.structs.replace(load(asked.config), root=whose.root)
    ground = config.ground()
    agreements, _problems = config.load_agreements(ground)
    moment = recall.moment(asked.at)
    picture = recall.picture(
        moment,
        home=HomeGround(ground, config.map.doubtful_beyond_km),
        agreements=agreements,
        trails=asked.trails,
    )
    at = datetime.fromtimestamp(moment, UTC)
    past = "From the record: what this desk knew at that time"
    occasion = _occasion(
        asked, config, whose.operator, whose.operation, at, exercise=_title(config.exercise), past=past
    )
    return Source(config, picture, at, ground, agreements, whose.operator, occasion, recall)


def _check_reader(source: Source) -> None:
    known = readers(source.picture, source.agreements, source.ground, source.operator.agency)
    try:
        check_reader(source.occasion.reader, known)
    except ValueError as error:  # of what was asked for, not of the file
        raise ConfigError(str(error)) from None


def _occasion(
    asked: Asked, config: Config, operator: Operator, operation: str, at: datetime, *, exercise: str, past: str
) -> Occasion:
    return Occasion(
        operation=operation,
        at=at,
        made_at=datetime.now(UTC),
        operator=operator,
        exercise=exercise,
        classification=config.desk.classification,
        past=past,
        reader=asked.reader,
        period_words=config.desk.period,
    )


def _title(exercise: str) -> str:
    """The title of an exercise by its name; the name where it is none of ours."""
    if not exercise:
        return ""
    try:
        return load_scenario(exercise).title
    except ScenarioError:
        return exercise
