"""A saved picture tells no more of where units are than their owners show to everybody."""

import json
from datetime import date
from typing import Any

import pytest

from cop.domain.agreement import Agreement, Agreements, ShareClause, Term
from cop.domain.batch import Batch
from cop.domain.consent import Consent, consent_id
from cop.picture.picture import Picture
from tests import reports as r
from tests.briefing.exported import feature_collection

OWNER = "gastonia-pd"
EXACT = [-80.95123, 35.24123]


def _saved(seconds: float = 10.0, said: Consent | None = None, **fields: Any) -> dict[str, Any]:
    """The unit of Gastonia's as it stands in a file that is saved so long after noon."""
    clause = ShareClause(number="5", says="As written.", giver=OWNER, **{"to": ("*",), **fields})
    paper = Agreement(id="mou", title="MOU", parties=(OWNER, "city"), in_force_from=date(2020, 1, 1), clauses=(clause,))
    picture = Picture(agreements=Agreements([Term(paper, clause)]))
    words = r.report(OWNER, r.unit("p1", kind="patrol"))
    words = type(words)(
        **{**{name: getattr(words, name) for name in words.__struct_fields__}, "losses": {"x": "35.24"}}
    )
    told = [words, *([r.report(OWNER, said)] if said is not None else [])]
    picture.apply(Batch(epoch=1, reports=told))
    picture.apply(r.positions_batch((OWNER, "p1", EXACT[1], EXACT[0], 0.0)))
    document = feature_collection(picture, r.at(seconds))
    [unit] = [one for one in document["features"] if one["id"] == f"unit/{OWNER}/p1"]
    assert json.loads(json.dumps(unit, allow_nan=False)) == unit
    return dict(unit)


def _withheld(**fields: Any) -> str:
    unit = _saved(**fields)
    assert unit["geometry"] is None
    assert "35.24" not in json.dumps(unit)
    return str(unit["properties"]["withheld"])


def test_that_what_no_clause_keeps_back_is_saved_as_it_is() -> None:
    for fields in (
        {"positions": "exact"},
        {"positions": "none", "to": ("city",)},
        {"positions": "none", "kinds": ("engine",)},
    ):
        unit = _saved(**fields)  # type: ignore[arg-type]
        assert unit["geometry"]["coordinates"] == EXACT
        assert "withheld" not in unit["properties"]


def test_that_what_is_shown_to_nobody_is_not_saved_and_the_clause_is_named() -> None:
    assert _withheld(positions="none") == "MOU §5"


def test_that_what_is_rounded_is_saved_rounded_and_not_how_it_moves() -> None:
    unit = _saved(positions="rounded")
    lon, lat = unit["geometry"]["coordinates"]
    assert [lon, lat] != EXACT
    assert abs(lat - EXACT[1]) < 0.006 and abs(lon - EXACT[0]) < 0.006
    assert not {"course_deg", "speed_mps", "losses"} & set(unit["properties"])
    assert unit["properties"]["accuracy_m"] >= 700


@pytest.mark.parametrize(("seconds", "shown"), [(10, False), (299, False), (301, True)])
def test_that_what_is_shown_late_is_saved_once_it_is_old_enough(seconds: float, shown: bool) -> None:
    unit = _saved(seconds, positions="delayed", delay_min=5.0)
    assert (unit["geometry"] is not None) == shown


def test_that_what_is_taken_back_is_not_saved() -> None:
    word = Consent(
        id=consent_id("mou", "5"),
        at=r.at(0),
        rev=1,
        agreement="mou",
        clause="5",
        state="withdrawn",
        withdrawn_at=r.at(0),
    )
    assert _withheld(positions="exact", said=word) == "MOU §5"
