"""JSON whose shape was looked at before is as strictly read as any other."""

import msgspec
import pytest

from cop.feeds.adapters.strict_json import Shapes
from cop.feeds.message import BadMessage


class _Fix(msgspec.Struct):
    lat: float | None = None


_DECODER = msgspec.json.Decoder(_Fix)


@pytest.mark.parametrize(
    ("known", "twice"),
    [
        (b'{"lat":1,"\\u112cat":2}', b'{"lat":1,"\\u006cat":2}'),
        (b'{"lat":1,"lat1":2}', b'{"lat":1,"lat":2}'),
        (b'{"lat":1,"x":{"a1":2,"a2":3}}', b'{"lat":1,"x":{"a1":2,"a1":3}}'),
        (b'{"lat":1,"x":"' + b"y" * 5000 + b'"}', b'{"lat":1,"lat":"' + b"y" * 5000 + b'"}'),
    ],
)
def test_that_a_key_which_stands_twice_is_not_hidden_by_a_shape_that_is_known(known: bytes, twice: bytes) -> None:
    shapes = Shapes()
    assert shapes.decode(known, _DECODER).lat == 1.0
    with pytest.raises(BadMessage, match="twice"):
        shapes.decode(twice, _DECODER)


@pytest.mark.parametrize("figure", [b"1e999", b"NaN", b"Infinity", b"-1e999", b"1" + b"0" * 5000])
def test_that_a_figure_out_of_range_is_not_hidden_by_a_shape_that_is_known(figure: bytes) -> None:
    shapes = Shapes()
    for known in (b"1", b"1e9", b"-1e9"):
        shapes.decode(b'{"lat":%s}' % known, _DECODER)
    with pytest.raises(BadMessage):
        shapes.decode(b'{"lat":%s}' % figure, _DECODER)
