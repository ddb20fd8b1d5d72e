"""EDXL Hospital Availability Exchange."""

from datetime import datetime

from cop.domain.resource import Resource

from . import Marks, Row, bodies, decode


def check(row: Row, marks: Marks) -> None:
    """Two hospitals, of which one counts its burn beds, in an envelope that says it is a test."""
    with marks.message(row.file):
        reports = decode("edxl-have", row)
        resources = {one.id: one for one in bodies(reports, Resource)}
        name, bed_type = row.said("NameElement") or "", row.said("BedType") or ""
        assert list(resources) == [name, f"{name}-{bed_type}", "Hospital 2"]
        beds = resources[f"{name}-{bed_type}"]
        assert (beds.name, beds.kind, beds.nims_type) == (f"{name} · {bed_type} beds", "beds", bed_type)
        assert (beds.available, beds.availability) == (row.number("AvailableCount"), "available")
        assert all(report.exercise == (row.said("distributionStatus") == "Test") for report in reports)
        for one in resources.values():
            assert one.at == datetime.fromisoformat(row.said("LastUpdateTime") or "")
            assert f"{one.lat} {one.lon}" == row.said("pos")


CHECKS = {"edxl-have": check}
