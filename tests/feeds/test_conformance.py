"""Real messages of others give what their row of the index says, or are refused where it says so."""

import pytest

from .conformance import Row, checks, examine, rows

pytestmark = pytest.mark.skipif(not rows(), reason="the folder ../shared/samples is not here")


@pytest.mark.parametrize("row", rows() or [None], ids=lambda row: row.file if row else "absent")
def test_that_a_sample_gives_what_its_row_says(row: Row) -> None:
    assert row.key in checks(), f"nothing checks {row.key}"
    marks = examine(row)
    assert marks.messages
    assert marks.wrong == []
