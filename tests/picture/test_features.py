"""Boundary files come from many hands."""

from pathlib import Path

import pytest

from cop.picture.features import read_features


def test_that_properties_may_be_null_and_geometries_come_in_order(tmp_path: Path) -> None:
    file = tmp_path / "places.geojson"
    file.write_text(
        '{"type":"FeatureCollection","features":['
        '{"type":"Feature","properties":null,"geometry":{"type":"Point","coordinates":[-81,35]}},'
        '{"type":"Feature","properties":{"name":"Belmont"},"geometry":{"type":"Point","coordinates":[-80,36]}}]}'
    )
    first, second = read_features(file)
    assert (first.properties, first.geometry.x, first.geometry.y) == ({}, -81, 35)
    assert (second.properties, second.geometry.y) == ({"name": "Belmont"}, 36)


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        '{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}}',
        '{"type":"FeatureCollection","features":[{"properties":{},"geometry":{"type":"Point","coordinates":"x"}}]}',
    ],
)
def test_that_a_file_that_is_no_feature_collection_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "broken.geojson"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"broken\.geojson"):
        read_features(file)
