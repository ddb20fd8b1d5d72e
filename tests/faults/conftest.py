"""The scene of a fault: brokers, desks and a neighbour of the test's own, and the row that comes of it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.scene import Scene

#: what `make faults` sets: the long ones too
ALL = "COP_FAULTS"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long faults wait for `make faults`, those of ten minutes for `--full`."""
    chosen = os.environ.get(ALL, "")
    for item in items:
        if item.get_closest_marker("long") is not None and chosen not in {"all", "full"}:
            item.add_marker(pytest.mark.skip(reason="takes long: make faults runs it"))
        if item.get_closest_marker("full") is not None and chosen != "full":
            item.add_marker(pytest.mark.skip(reason='takes ten minutes: make faults ARGS="--full" runs it'))


@pytest.fixture
def scene(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Scene]:
    """All that one fault needs; taken down afterwards."""
    one = Scene(tmp_path)
    yield one
    one.close()
    request.node.user_properties.extend(("fault", tuple(row)) for row in one.rows)
