"""The lettered grid: every agency means the same ground by "B3"."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.domain.area import Zone, ZoneForm
from cop.domain.lettered_grid import (
    cell_at,
    cell_bounds,
    cells,
    column_name,
    column_of,
    grid_of,
    standing_grids,
)
from cop.domain.zone_forms import geometry_of
from tests.reports import NOON, report

CORNERS = ((-81.0, 35.0), (-80.8, 35.2))
GRID = ZoneForm(shape="grid", points=CORNERS, columns=5, rows=4)


def zone(**fields: object) -> Zone:
    told: dict[str, object] = {"id": "g", "at": NOON, "kind": "reference_grid", "form": GRID, **fields}
    return Zone(geometry=told.pop("geometry", None) or geometry_of(told["form"]), **told)  # type: ignore[arg-type]


def test_that_letters_go_across_and_numbers_down_from_the_north_west() -> None:
    assert cell_at(GRID, 35.19, -80.99) == "A1"
    assert cell_at(GRID, 35.19, -80.81) == "E1"
    assert cell_at(GRID, 35.01, -80.99) == "A4"
    assert cell_at(GRID, 35.0, -80.8) == "E4"
    assert cell_at(GRID, 35.21, -80.9) == ""
    assert cell_at(ZoneForm(shape="grid", points=CORNERS[::-1], columns=5, rows=4), 35.19, -80.99) == "A1"


def test_that_columns_beyond_z_have_two_letters() -> None:
    names = [column_name(column) for column in range(702)]
    assert (names[25], names[26], names[51], names[52], names[701]) == ("Z", "AA", "AZ", "BA", "ZZ")
    assert [column_of(name) for name in names] == list(range(702))


@given(
    corners=st.tuples(*2 * [st.tuples(st.floats(-179, 179), st.floats(-85, 85))]),
    columns=st.integers(1, 60),
    rows=st.integers(1, 60),
    data=st.data(),
)
def test_that_the_middle_of_every_cell_lies_in_it(
    corners: tuple[tuple[float, float], tuple[float, float]], columns: int, rows: int, data: st.DataObject
) -> None:
    if abs(corners[0][0] - corners[1][0]) < 1e-4 or abs(corners[0][1] - corners[1][1]) < 1e-4:
        return
    form = ZoneForm(shape="grid", points=corners, columns=columns, rows=rows)
    names = list(cells(form))
    assert len({name for name, _ in names}) == columns * rows
    name, (west, south, east, north) = data.draw(st.sampled_from(names))
    assert cell_at(form, (south + north) / 2, (west + east) / 2) == name
    assert cell_bounds(form, name) == (west, south, east, north)
    assert cell_bounds(form, f" {name.lower()} ") == (west, south, east, north)


@pytest.mark.parametrize("name", ["", "B", "3", "F1", "A5", "A0", "AAA1", "B3 4", "Ä1", "B٣", "A1000"])
def test_that_a_cell_that_is_not_there_is_none(name: str) -> None:
    assert cell_bounds(GRID, name) is None


def test_that_a_form_that_says_other_than_the_geometry_is_no_grid() -> None:
    assert grid_of(zone()) == GRID
    elsewhere = geometry_of(ZoneForm(shape="grid", points=((1.0, 1.0), (2.0, 2.0)), columns=1, rows=1))
    assert grid_of(zone(geometry=elsewhere)) is None
    too_many = ZoneForm(shape="grid", points=CORNERS, columns=700, rows=900)
    assert grid_of(zone(form=too_many, geometry=geometry_of(GRID))) is None
    assert grid_of(zone(form=None, geometry=geometry_of(GRID))) is None


def test_that_only_grids_that_hold_now_are_meant() -> None:
    told = [
        report("a", zone()),
        report("b", zone(expires_at=NOON)),
        report("c", zone(starts_at=NOON + timedelta(hours=1))),
        report("d", zone(form=None, geometry=geometry_of(GRID), kind="perimeter")),
    ]
    assert [grid.agency for grid in standing_grids(told, NOON)] == ["a"]
