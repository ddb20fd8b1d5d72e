"""`cop.toml`: every setting, its default and its check. `docs/configuration.md` tells each of them."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import platformdirs

from cop.authority.problem import Problem
from cop.authority.reading import load_agreements
from cop.domain.agreement import Agreements
from cop.domain.report import BODY_KINDS
from cop.feeds.adapters import MODULES, make_adapter
from cop.feeds.broker import Broker
from cop.feeds.message import Feed
from cop.feeds.outbound import WRITERS
from cop.feeds.outlet import Outlet
from cop.feeds.topics import LIVE_ROOT, is_exercise, overlap
from cop.map.tiles.address import template_problem
from cop.map.tiles.basemap import Basemap, basemap_problem
from cop.picture.boundaries.source import Boundaries
from cop.picture.ground import Ground, load_ground
from cop.picture.home import BEYOND_KM

RESOURCES = Path(__file__).parents[1] / "resources"

Root = Annotated[str, msgspec.Meta(pattern=r"^(cop/v1|exercise/[A-Za-z0-9._-]{1,64}/v1)$")]
Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


class ConfigError(Exception):
    """A setting that cannot be used; the text names file and key."""


class DeskSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who sits here: `[desk]`."""

    agency: Name = "charlotte-fire"
    role: Literal["dispatcher", "commander", "liaison"] = "commander"
    operator: str = ""
    name: Name | None = None
    theme: Literal["dark", "light"] = "dark"
    operation: str = "Live operation"
    period: str = ""
    classification: str = ""
    data: str = ""


class MapSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ground: `[map]`."""

    region: str = ""
    jurisdictions: tuple[str, ...] = ()
    boundaries: tuple[Boundaries, ...] = ()
    tiles_url: str = ""
    tiles_attribution: str = ""
    tiles_cache_mb: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 500
    basemap: tuple[Basemap, ...] = ()
    units: Literal["both", "metric", "us"] = "both"
    symbols: Literal["cop", "mil-std-2525"] = "cop"
    doubtful_beyond_km: Annotated[float, msgspec.Meta(gt=0, le=20_100)] = BEYOND_KM

    def basemaps(self) -> tuple[Basemap, ...]:
        """The background maps, the one of `tiles_url` first."""
        online = Basemap(
            name="Online map", url=self.tiles_url, attribution=self.tiles_attribution, cache_mb=self.tiles_cache_mb
        )
        return ((online,) if self.tiles_url else ()) + self.basemap


class AgreementSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who leads and whom one may ask: `[agreements]`."""

    folders: tuple[str, ...] | None = None


class JournalSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is recorded, where, and for how long: `[journal]`; 0 keeps it for ever."""

    folder: str = ""
    record: bool = True
    key_file: str = ""
    keep_days: Annotated[float, msgspec.Meta(ge=0, le=36_500)] = 0.0
    keep_mb: Annotated[float, msgspec.Meta(ge=0, le=100_000_000)] = 0.0


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `cop.toml`. `root` is the topic tree of our own format."""

    root: Root = LIVE_ROOT
    desk: DeskSettings = DeskSettings()
    broker: Broker = Broker()
    journal: JournalSettings = JournalSettings()
    map: MapSettings = MapSettings()
    agreements: AgreementSettings = AgreementSettings()
    feed: tuple[Feed, ...] = ()
    publish: tuple[Outlet, ...] = ()

    @property
    def exercise(self) -> str:
        """The exercise's name; empty in live work."""
        return self.root.split("/")[1] if is_exercise(self.root) else ""

    def feeds(self) -> tuple[Feed, ...]:
        """The feeds, and the whole tree of our own format where none is configured."""
        return self.feed or (Feed(name="cop", format="cop-json", topic=f"{self.root}/#"),)

    def region(self) -> Path:
        """The folder of the offline basemap."""
        return Path(self.map.region).expanduser() if self.map.region else RESOURCES / "region"

    def boundaries(self) -> tuple[Boundaries, ...]:
        """The boundary files and what their columns mean; those of the region where none is named."""
        named = (*(Boundaries(file=one) for one in self.map.jurisdictions), *self.map.boundaries)
        of_region = ("counties.geojson", "special_jurisdictions.geojson")
        return named or tuple(Boundaries(file=str(self.region() / one)) for one in of_region)

    def ground(self) -> Ground:
        """The jurisdictions of these files. Raises ConfigError."""
        try:
            return load_ground(self.boundaries())
        except (OSError, ValueError) as error:
            raise ConfigError(f"[map] jurisdictions, [[map.boundaries]]: {error}") from error

    def agreement_folders(self) -> tuple[Path, ...]:
        """Where the agreements lie; where the setting is left away, an exercise has its own, and live work none."""
        if self.agreements.folders is None:
            return (RESOURCES / "agreements",) if self.exercise else ()
        return tuple(Path(one).expanduser() for one in self.agreements.folders)

    def load_agreements(self, ground: Ground) -> tuple[Agreements, list[Problem]]:
        """The agreements that can be applied, and what is wrong with the others: to be shown, never to stop a desk."""
        return load_agreements(self.agreement_folders(), ground, self.region())

    def data(self) -> Path:
        """The desk's own folder: outbox, journal, window layout, tile cache."""
        if self.desk.data:
            return Path(self.desk.data).expanduser()
        work = f"exercise-{self.exercise}" if self.exercise else "live"
        return Path(platformdirs.user_data_dir("cop", appauthor=False)) / work / self.desk_name()

    def journal_folder(self) -> Path:
        """Where the record is kept, a file a day and operation."""
        return Path(self.journal.folder).expanduser() if self.journal.folder else self.data() / "journal"

    def desk_name(self) -> str:
        """The name of this desk in its agency's topics."""
        return self.desk.name or f"{self.desk.agency}-{self.desk.role}"


def load(path: Path | None) -> Config:
    """Read `cop.toml`; without one, the defaults. Raises ConfigError."""
    if path is None:
        return Config()
    try:
        config = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Config)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    check(config, str(path))
    return config


def check(config: Config, origin: str, *, try_feeds: bool = True) -> None:
    """What types cannot say; with `try_feeds` their options too, which needs their adapters. Raises ConfigError."""
    try:
        for one in config.broker.each():
            one.address()
    except ValueError as error:
        raise ConfigError(f"{origin}: [broker] url, also: {error}") from error
    _check_basemaps(config.map, origin)
    names = [feed.name for feed in config.feed]
    for feed in config.feed:
        where = f"{origin}: [[feed]] {feed.name!r}"
        if names.count(feed.name) > 1:
            raise ConfigError(f"{where}: two feeds have this name")
        if feed.format not in MODULES:
            raise ConfigError(f"{where}: format {feed.format!r} is none of {', '.join(MODULES)}")
        if not feed.agency and feed.format != "cop-json":
            raise ConfigError(f"{where}: agency is missing; only cop-json says it in the topic")
        try:
            if try_feeds:
                make_adapter(feed)
        except ValueError as error:
            raise ConfigError(f"{where}: {error}") from error
        if bool(config.exercise) != is_exercise(feed.topic):
            raise ConfigError(f"{where}: live and exercise topics do not mix (root is {config.root!r})")
    for outlet in config.publish:
        _check_outlet(outlet, config, f"{origin}: [[publish]] {outlet.name!r}")


def _check_basemaps(settings: MapSettings, origin: str) -> None:
    if settings.tiles_url and (problem := template_problem(settings.tiles_url)):
        raise ConfigError(f"{origin}: [map] tiles_url: {problem}")
    names = [one.name for one in settings.basemaps()]
    for one in settings.basemap:
        where = f"{origin}: [[map.basemap]] {one.name!r}"
        if names.count(one.name) > 1:
            raise ConfigError(f"{where}: name: two background maps have this name")
        if problem := basemap_problem(one):
            raise ConfigError(f"{where}: {problem}")


def _check_outlet(outlet: Outlet, config: Config, where: str) -> None:
    if outlet.format not in WRITERS:
        raise ConfigError(f"{where}: format {outlet.format!r} is none of {', '.join(WRITERS)}")
    if unknown := set(outlet.kinds) - set(BODY_KINDS):
        raise ConfigError(f"{where}: {sorted(unknown)[0]!r} is no kind of object")
    if "details" in outlet.kinds:
        raise ConfigError(f"{where}: details go to those alone whom a share clause names; no outlet says them")
    topic = outlet.topic_of("agency", "kind", "id")
    if bool(config.exercise) != is_exercise(topic):
        raise ConfigError(f"{where}: live and exercise topics do not mix (root is {config.root!r})")
    for feed in config.feeds():
        if overlap(feed.topic, outlet.filter):
            raise ConfigError(f"{where}: feed {feed.name!r} would hear what this desk itself says there")
