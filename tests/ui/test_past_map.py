"""What a window over the past has in common with the live one: how the map is kept, and its bookmarks."""

import json

import pytest

from tests.ui.test_replays import MakeReplays, _go, make_replays, pasts

__all__ = ["make_replays", "pasts"]  # fixtures

#: the offscreen platform raises and activates no windows
pytestmark = pytest.mark.qt_log_ignore(r"This plugin does not support raise\(\)", extend=True)


def test_that_a_bookmark_made_in_the_past_is_there_in_the_present_and_after_it(make_replays: MakeReplays) -> None:
    replays = make_replays()
    window = _go(replays)
    assert window.maps.bookmarks.put("Yard", window.map_view.moves.look) == ""
    replays.live.maps.bookmarks.put("Bridge", window.map_view.moves.look)
    assert list(window.maps.bookmarks.all()) == ["Yard", "Bridge"]
    window.bar.live.click()
    assert list(replays.live.maps.bookmarks.all()) == ["Yard", "Bridge"]
    kept = replays.live.remember()
    assert list(json.loads(str(kept.value("bookmarks")))) == ["Yard", "Bridge"]
    again = _go(replays)
    again.maps.bookmarks.remove("Yard")
    assert list(replays.live.maps.bookmarks.all()) == ["Bridge"]


@pytest.mark.parametrize("locked", [False, True])
def test_that_the_lock_of_the_map_is_as_open_in_the_past_as_in_the_present(
    make_replays: MakeReplays, *, locked: bool
) -> None:
    replays = make_replays()
    moves = replays.live.map_view.moves
    if moves.locked != locked:
        moves.toggle_lock()
    window = _go(replays)
    assert window.map_view.moves.locked == locked
    assert window.map_view.moves.look == pytest.approx(moves.look)
    window.map_view.moves.toggle_lock()
    assert moves.locked == locked
