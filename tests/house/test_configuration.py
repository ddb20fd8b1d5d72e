"""Every setting is documented, every documented setting exists, and a wrong one is named."""

import re
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec
import pytest

from cop.config import Config, ConfigError, load
from cop.feeds.message import Feed
from cop.feeds.outlet import Outlet
from cop.map.tiles.basemap import Basemap
from cop.picture.boundaries.source import Boundaries

_PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"


def _sections() -> dict[str, type[msgspec.Struct]]:
    sections: dict[str, type[msgspec.Struct]] = {
        "Top level": Config,
        "`[[feed]]`": Feed,
        "`[[publish]]`": Outlet,
        "`[[map.boundaries]]`": Boundaries,
        "`[[map.basemap]]`": Basemap,
    }
    for field in msgspec.structs.fields(Config):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            sections[f"`[{field.name}]`"] = field.type
    return sections


def _own_keys(section: type[msgspec.Struct]) -> set[str]:
    def is_table(kind: Any) -> bool:
        inner = get_args(kind)[0] if get_origin(kind) is tuple else kind
        return isinstance(inner, type) and issubclass(inner, msgspec.Struct)

    return {field.name for field in msgspec.structs.fields(section) if not is_table(field.type)}


def test_that_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    documented: dict[str, set[str]] = {}
    for part in _PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        heading, _, text = part.partition("\n")
        documented[heading] = set(re.findall(r"^\| `([a-z_]+)` \|", text, flags=re.MULTILINE))
    for heading, section in _sections().items():
        assert documented[heading] == _own_keys(section), heading


def test_that_the_example_on_the_page_is_a_valid_file(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", _PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert example is not None
    file = tmp_path / "cop.toml"
    file.write_text(example[1])
    config = load(file)
    assert [feed.format for feed in config.feeds()] == ["cop-json", "cot-xml"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[desk]\nrole = 'chief'", "role"),
        ("[desk]\ncolour = 'red'", "colour"),
        ("[broker]\nurl = 'http://x'", "mqtt://host"),
        ("[[feed]]\nname = 'a'\nformat = 'morse'\ntopic = 'x'", "morse"),
        ("[[feed]]\nname = 'a'\nformat = 'cop-json'\ntopic = 'exercise/x/v1/#'", "do not mix"),
        ("root = 'exercise/x/v1'\n[[feed]]\nname = 'a'\nformat = 'cop-json'\ntopic = 'cop/v1/#'", "do not mix"),
        ("[[feed]]\nname = 'a'\nformat = 'cot-xml'\ntopic = 'x'", "agency is missing"),
        ("[[feed]]\nname = 'a'\nformat = 'cop-json'\ntopic = 'x'\n" * 2, "two feeds"),
        ("[[publish]]\nname = 'a'\nformat = 'morse'\ntopic = 'x'", "morse"),
        ("[[publish]]\nname = 'a'\nformat = 'cot-xml'\ntopic = 'tak/{unit}'", "braces"),
        ("[[publish]]\nname = 'a'\nformat = 'cot-xml'\ntopic = 'tak/{id.x}'", "braces"),
        ("[[publish]]\nname = 'a'\nformat = 'cot-xml'\ntopic = 'tak/+'", "no topic to publish on"),
        ("[[publish]]\nname = 'a'\nformat = 'cot-xml'\ntopic = 'tak/{id}'\nkinds = ['cat']", "cat"),
        ("[[publish]]\nname = 'a'\nformat = 'geojson'\ntopic = 'out/{id}'\nkinds = ['details']", "share clause"),
        ("[[publish]]\nname = 'a'\nformat = 'cot-xml'\ntopic = 'exercise/x/{id}'", "do not mix"),
        (
            "[[publish]]\nname = 'a'\nformat = 'cot-xml'\ntopic = 'tak/eoc/{kind}-{id}'\n"
            "[[feed]]\nname = 'tak'\nformat = 'cot-xml'\nagency = 'x'\ntopic = 'tak/#'",
            "would hear",
        ),
        ("[[map.boundaries]]\nname = 'x'", "file"),
        ("[[map.boundaries]]\nfile = 'x.zip'\nagency = 'A'\nagency_is = 'a'", "one of them"),
        ("[[map.boundaries]]\nfile = 'x.zip'\ndiscipline_is = 'cavalry'", "cavalry"),
        ("[[map.boundaries]]\nfile = 'x.zip'\nagency_is = 'no id'", "agency_is"),
        ("not toml", "cop.toml"),
    ],
)
def test_that_a_wrong_setting_is_refused_with_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "cop.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=re.escape(said)) as refused:
        load(file)
    assert "cop.toml" in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        'root = "cop"',
        'root = "exercise//v1"',
        'root = "exercise/a/b/v1"',
        '[[feed]]\nname = "a"\nformat = "cop-json"\ntopic = "cop/#/x"',
        '[[feed]]\nname = "a"\nformat = "cop-json"\ntopic = "$share/g/cop/v1/#"',
        '[[feed]]\nname = "a"\nformat = "cop-json"\ntopic = "cop/v1/#"\nqos = 2',
        '[[feed]]\nname = "a"\nformat = "cop-json"\ntopic = "cop/v1/#"\nstale_after_s = nan',
    ],
)
def test_that_a_root_or_feed_that_could_not_be_heard_rightly_is_refused_at_the_start(tmp_path: Path, text: str) -> None:
    file = tmp_path / "cop.toml"
    file.write_text(text)
    with pytest.raises(ConfigError):
        load(file)
