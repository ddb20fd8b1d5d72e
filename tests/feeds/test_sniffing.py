"""`auto`: which format a message is, told from the message alone."""

import pytest

from cop.feeds.adapters import MODULES, sniff_file

from .payloads import Case, cases

#: mapped by hand: nothing in the message says what it is
UNTOLD = {"json", "csv"}
#: an envelope is as right as what is in it; TAK servers send XML among protobuf
AS_RIGHT = {("cap", "edxl-de"), ("edxl-have", "edxl-de"), ("edxl-rm", "edxl-de"), ("tak-protobuf", "cot-xml")}
GOOD = [case for case in cases() if case.expected.get("reports") and case.payload and case.format not in UNTOLD]


@pytest.mark.parametrize("form", sorted(set(MODULES) - UNTOLD))
def test_that_messages_of_a_format_are_told_and_never_taken_for_another(form: str) -> None:
    told = {case.name: sniff_file(case.payload) for case in GOOD if case.format == form}
    others = {name: other for name, other in told.items() if other not in (form, None)}
    assert {name: other for name, other in others.items() if (form, other) not in AS_RIGHT} == {}
    assert sum(found is not None for found in told.values()) >= 0.8 * len(told)


@pytest.mark.parametrize("case", [case for case in cases() if case.format in UNTOLD], ids=lambda case: case.name)
def test_that_what_only_a_mapping_can_read_is_taken_for_no_other_agencys_positions(case: Case) -> None:
    assert sniff_file(case.payload) in (None, "geojson", "cop-json")
