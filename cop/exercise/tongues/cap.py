"""CAP 1.2 (OASIS, CAP-v1.2-os): what a weather office sends."""

from collections.abc import Sequence
from typing import Any, ClassVar

from lxml import etree

from cop.domain.area import Alert
from cop.domain.statement import Statement
from cop.exercise.tongues import Spoken, rfc3339

_NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"


class _Cap:
    words: ClassVar[dict[str, dict[str, str | int]]] = {}

    def options(self, agencies: Sequence[str]) -> dict[str, Any]:
        return {}

    def say(self, agency: str, body: Statement, same_as: str) -> Spoken:
        """An alert, or the cancelling of one; status Exercise, as CAP asks of drills."""
        assert isinstance(body, Alert)
        sender = f"{agency}@exercise.invalid"
        alert = etree.Element(f"{{{_NAMESPACE}}}alert", nsmap={None: _NAMESPACE})
        identifier = f"{body.id}-cancel" if body.deleted else body.id
        head = {"identifier": identifier, "sender": sender, "sent": rfc3339(body.at), "status": "Exercise"}
        _say(alert, **head, msgType="Cancel" if body.deleted else "Alert", scope="Public")
        if body.deleted:
            _say(alert, references=f"{sender},{body.id},{rfc3339(body.starts_at or body.at)}")
        info = etree.SubElement(alert, f"{{{_NAMESPACE}}}info")
        _say(info, language="en-US", category="Met", event=body.event, urgency=body.urgency)
        _say(info, severity=body.severity, certainty=body.certainty)
        if body.starts_at is not None:
            _say(info, onset=rfc3339(body.starts_at))
        if body.expires_at is not None:
            _say(info, expires=rfc3339(body.expires_at))
        _say(info, headline=body.headline, description=body.description, instruction=body.instruction)
        area = etree.SubElement(info, f"{{{_NAMESPACE}}}area")
        ring = body.geometry["coordinates"][0] if body.geometry else []
        _say(area, areaDesc=body.area, polygon=" ".join(f"{lat:.4f},{lon:.4f}" for lon, lat in ring))
        payload: bytes = etree.tostring(alert, xml_declaration=True, encoding="UTF-8")
        return Spoken(f"cap/{agency}/{identifier}", payload, retain=True)


def _say(element: Any, **texts: str) -> None:
    for name, text in texts.items():
        if text:
            etree.SubElement(element, f"{{{_NAMESPACE}}}{name}").text = text


TONGUE = _Cap()
