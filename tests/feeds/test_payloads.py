"""Every message of `payloads/` gives exactly the reports that stand beside it, or is refused for the reason there."""

import pytest

from cop.feeds.adapters import MODULES

from .payloads import Case, cases, outcome

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.format}/{case.name}")
def test_that_a_message_gives_what_stands_beside_it(case: Case) -> None:
    expected = {key: case.expected[key] for key in ("reports", "refused") if key in case.expected}
    assert outcome(case.adapter, case.message) == expected


@pytest.mark.parametrize("form", sorted(MODULES))
def test_that_every_format_has_messages_good_and_refused(form: str) -> None:
    of_form = [case for case in CASES if case.format == form]
    assert len(of_form) >= 8
    assert sum("refused" in case.expected for case in of_form) >= 2
    assert all(case.expected.get("why") for case in of_form)
