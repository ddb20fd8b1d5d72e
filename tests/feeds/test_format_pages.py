"""Every format has its page, and the page knows every option."""

import importlib
import re
from pathlib import Path

import msgspec
import pytest

from cop.config import ConfigError, load
from cop.feeds.adapters import MODULES

PAGES = Path(__file__).parents[2] / "docs" / "formats"


def options_of(form: str) -> type[msgspec.Struct] | None:
    """The struct of a format's options; None for a format that has none."""
    module = importlib.import_module(f"cop.feeds.adapters.{MODULES[form]}")
    return getattr(module, "_Options", None)


@pytest.mark.parametrize("form", sorted(MODULES))
def test_that_a_format_has_a_page_that_the_overview_names(form: str) -> None:
    assert (PAGES / f"{form}.md").is_file()
    assert f"[{form}]({form}.md)" in (PAGES / "README.md").read_text("utf-8")


@pytest.mark.parametrize("form", sorted(MODULES))
def test_that_a_page_lists_the_options_that_exist(form: str) -> None:
    options = options_of(form)
    page = (PAGES / f"{form}.md").read_text("utf-8")
    table = page.partition("| option |")[2].partition("\n\n")[0]
    listed = set(re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE))
    assert listed == ({field.name for field in msgspec.structs.fields(options)} if options else set())


def test_that_a_wrong_option_is_an_error_of_the_configuration_that_names_feed_and_option(tmp_path: Path) -> None:
    file = tmp_path / "cop.toml"
    feed = 'name = "tak"\nformat = "cot-xml"\ntopic = "tak/#"\nagency = "gastonia-pd"\noptions = { knid = "engine" }\n'
    file.write_text(f"[[feed]]\n{feed}")
    with pytest.raises(ConfigError, match=r"'tak'.*knid"):
        load(file)
