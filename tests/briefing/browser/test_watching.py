"""The watch over pages sees each thing that a page must not do: else its silence would say nothing."""

from pathlib import Path

import pytest

from tests.briefing.browser.watching import Opens
from tests.conftest import wait_until

AWAY = "http://example.invalid"
REACHING_OUT = {
    "an image": f"<img src='{AWAY}/a.png'>",
    "a script": f"<script src='{AWAY}/a.js'></script>",
    "a style": f"<link rel=stylesheet href='{AWAY}/a.css'>",
    "a background": f"<div style='background:url({AWAY}/b.png)'>b</div>",
    "a fetch": f"<script>fetch('{AWAY}/f').catch(() => 0)</script>",
    "a beacon": f"<script>navigator.sendBeacon('{AWAY}/b')</script>",
    "a socket": "<script>new WebSocket('ws://example.invalid/s')</script>",
    "a frame": f"<iframe src='{AWAY}/i'></iframe>",
    "another file": "<img src='file:///etc/hostname'>",
    "this computer": "<img src='http://127.0.0.1:9/a.png'>",
    "a peer": "<script>new RTCPeerConnection({iceServers: [{urls: 'stun:example.invalid'}]})</script>",
}
MISBEHAVING = {
    "a word on the console": ("<script>console.log('hello')</script>", "said on the console log: hello"),
    "an error": ("<script>throw new Error('broken')</script>", "failed with"),
    "a promise broken": ("<script>Promise.reject(new Error('broken'))</script>", "failed with"),
    "a dialog": ("<script>alert('look')</script>", "put up a dialog alert: look"),
    "a window": ("<script>window.open('about:blank')</script>", "opened about:blank"),
    "a hostile text": ("<img src=x onerror='window.__pwned = 1'>", "ran a hostile text in"),
    "another page": ("<script>location.href = 'about:blank'</script>", "went to about:blank"),
    "a connection beforehand": ("<link rel=preconnect href='https://example.invalid'>", "hinted at <link"),
    "a frame": ("<iframe srcdoc='<p>inside</p>'></iframe>", "framed about:srcdoc"),
}


def page_of(folder: Path, body: str) -> Path:
    path = folder / "page.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><title>t</title>{body}", encoding="utf-8")
    return path


@pytest.mark.parametrize("how", REACHING_OUT)
def test_that_a_page_that_reaches_out_is_seen_and_gets_nothing(unwatched: Opens, tmp_path: Path, how: str) -> None:
    page = unwatched(page_of(tmp_path, REACHING_OUT[how]))
    wait_until(page.wrongs, what=how)
    assert page.leavings() or "made a RTCPeerConnection" in str(page.console)


def test_that_a_link_that_is_followed_is_seen_at_the_door(unwatched: Opens, tmp_path: Path) -> None:
    page = unwatched(page_of(tmp_path, f"<a href='{AWAY}/there'>there</a>"))
    assert page.wrongs() == []
    page.page.get_by_text("there").click()
    wait_until(lambda: f"asked for {AWAY}/there" in page.wrongs())


@pytest.mark.parametrize("how", MISBEHAVING)
def test_that_a_page_that_misbehaves_is_seen(unwatched: Opens, tmp_path: Path, how: str) -> None:
    body, words = MISBEHAVING[how]
    page = unwatched(page_of(tmp_path, body))
    wait_until(lambda: any(one.startswith(words) for one in page.wrongs()), what=how)


def test_that_a_page_that_carries_all_in_itself_is_without_fault(opened: Opens, tmp_path: Path) -> None:
    dot = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
    script = "<script>document.images[0].title = URL.createObjectURL(new Blob(['x'])).slice(0, 5)</script>"
    folder = tmp_path / "a stick # 1 (50%)"
    folder.mkdir()
    page = opened(page_of(folder, f"<img src='{dot}'><svg onload='0'></svg><a href='#there'>there</a>{script}"))
    page.page.get_by_text("there").click()
    assert page.page.locator("img").get_attribute("title") == "blob:"
    assert page.elements()["svg onload"] == 1
    assert page.elements()["img src data:"] == 1
    assert page.wrongs() == []
