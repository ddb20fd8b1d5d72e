"""The briefing map as a file: it carries all it needs, is guarded, holds what is there, and nothing held back."""

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from cop.briefing.exports.looks import Look
from cop.briefing.leaving import leaving
from cop.briefing.occasion import Occasion
from cop.briefing.page.grid import lines
from cop.briefing.page.order import PageOrder, Tiles
from cop.briefing.page.page import briefing_page
from cop.domain.desk import Operator
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from tests import reports as r
from tests.briefing import hostile, kept_back

REGION = Path(__file__).parents[2] / "resources" / "region"
OURS = "charlotte-fire"
_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Album:
    """Draws one dot for everything, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.looks: list[Look] = []

    def __call__(self, look: Look) -> bytes:
        self.looks.append(look)
        return _PNG


def page_of(picture: Picture, reader: str = "", **order: Any) -> str:
    """The page of a picture, for a reader."""
    leaves = leaving(picture, r.at(60), reader=reader, own=OURS)
    occasion = Occasion(
        operation="Rail",
        at=r.at(60),
        made_at=r.at(90),
        operator=Operator(agency=OURS, role="commander", name="Reyes"),
        reader=reader,
        classification="OFFICIAL",
    )
    made = PageOrder(**{"draw": Album(), "ground": Ground([]), "region": REGION, **order})
    return briefing_page(leaves, occasion, made).decode("utf-8")


def told_by(page: str) -> dict[str, Any]:
    """What the page tells."""
    found = re.search(r'<script type="application/json" id="told">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    told: dict[str, Any] = json.loads(found.group(1))
    return told


def test_that_the_page_names_nothing_outside_of_itself() -> None:
    page = re.sub(
        r"<script.*?</script>", "", page_of(Picture()), flags=re.DOTALL
    )  # what these do the browser's tests see
    outside = re.findall(r"""(?:src|href)\s*=\s*["']?([^"'\s>]+)|url\(([^)]*)\)|@import""", page)
    for named in (one for pair in outside for one in pair if one):
        assert not re.match(r"(https?:)?//", named), named


def test_that_no_script_or_style_runs_but_those_the_page_was_made_with() -> None:
    page = page_of(hostile.saying("</script><script>window.__pwned=1</script>"))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert "default-src 'none'" in policy.group(1)
    assert "unsafe" not in policy.group(1)
    blocks = re.findall(r"<(script|style)([^>]*)>(.*?)</\1>", page, re.DOTALL)
    assert blocks
    for _name, said, block in blocks:
        if "application/json" not in said:
            digest = base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()
            assert digest in policy.group(1)


@pytest.mark.parametrize("text", list(hostile.TEXTS.values()), ids=list(hostile.TEXTS))
def test_that_what_a_feed_says_stands_in_the_page_as_data_alone(text: str) -> None:
    before = len(re.findall(r"<(?!\!)[a-zA-Z/]", page_of(hostile.saying("plain"))))
    page = page_of(hostile.saying(text))
    assert len(re.findall(r"<(?!\!)[a-zA-Z/]", page)) == before
    told = told_by(page)
    assert told["objects"]["incident"][0]["summary"] == hostile.said(text)


def test_that_words_that_look_like_room_in_the_page_are_words() -> None:
    rooms = "@told@ @title@ @styles@ @ours@"
    page = page_of(hostile.saying(rooms))
    told = told_by(page)
    assert told["objects"]["incident"][0]["summary"] == rooms
    assert page.count("<title>") == 1
    assert "<title>Rail · briefing map</title>" in page


def test_that_the_page_holds_every_object_and_what_was_left_out_on_request_is_not_there() -> None:
    picture = hostile.saying("plain")
    told = told_by(page_of(picture))
    assert len(told["objects"]["unit"]) == int(picture.tracks.present.sum())
    assert len(told["objects"]["incident"]) == len(picture.incidents)
    assert len(told["objects"]["zone"]) == len(picture.zones)
    assert sum(len(one["tasks"]) for one in told["objects"]["incident"]) == len(picture.tasks)
    assert told["trails"]
    fewer = told_by(page_of(picture, kinds=frozenset({"incidents"}), trails_s=0.0))
    assert not fewer["objects"]["unit"]
    assert not fewer["trails"]
    assert fewer["objects"]["incident"]


def test_that_what_is_held_back_is_not_in_the_page_and_the_clauses_are() -> None:
    page = page_of(kept_back.kept_back())
    for place in kept_back.PLACES.values():
        for figure in place:
            assert f"{abs(figure):.4f}" not in page
    for word in (kept_back.LOST, kept_back.MEDICAL, kept_back.PERSONAL, kept_back.FOR_ONE, kept_back.DRAFT):
        assert word not in page
    assert any("not shown" in one["what"] for one in told_by(page)["occasion"]["applied"])


def test_that_each_look_is_drawn_once() -> None:
    album = Album()
    page_of(hostile.saying("plain"), draw=album)
    assert len(album.looks) == len(set(album.looks))


def test_that_tiles_stand_in_the_page_by_their_place() -> None:
    told = told_by(page_of(Picture(), tiles=Tiles({(9, 140, 201): _PNG}, "Survey")))
    assert list(told["tiles"]["images"]) == ["9/140/201"]
    assert (told["tiles"]["least"], told["tiles"]["most"]) == (9, 9)


def test_that_who_wants_the_page_no_more_ends_it() -> None:
    class NotWantedError(Exception):
        pass

    def no_more() -> None:
        raise NotWantedError

    with pytest.raises(NotWantedError):
        page_of(hostile.saying("plain"), go_on=no_more)


def test_that_the_grid_is_that_of_the_standard() -> None:
    found = lines((-81.2, 35.0, -80.7, 35.4))
    assert {one["step_km"] for one in found} == {1, 10}
    for one in found:
        for lat, lon in one["line"]:
            assert -81.3 < lon < -80.6
            assert 34.9 < lat < 35.5
    assert lines((0.0, 0.0, 0.0, 0.0)) == []
    assert not [one for one in lines((-84.0, 33.0, -79.0, 37.0)) if one["step_km"] == 1]
