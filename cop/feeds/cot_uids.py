"""The uids by which desks name objects for TAK, `cop.<kind>.<agency>.<id>`: whose object it is stands in them."""

import re

#: a dot in an agency's name is written %2E
_UID = re.compile(r"cop(?:-exercise)?\.(?:unit|incident|zone|alert)\.([^.]{1,200})\.")


def uid_of(kind: str, agency: str, object_id: str, *, exercise: bool) -> str:
    """One object's uid for good: no two agencies, kinds, or exercise and live work share one."""
    root = "cop-exercise" if exercise else "cop"
    return f"{root}.{kind}.{agency.replace('.', '%2E')}.{object_id}"


def agency_of(uid: str) -> str:
    """Whose object a uid names that a desk wrote; empty for the uids of everybody else."""
    said = _UID.match(uid) if uid.startswith("cop") else None
    return said[1].replace("%2E", ".") if said is not None else ""
