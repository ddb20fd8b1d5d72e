"""A TAK data package: the events one a file, with the manifest by which ATAK, WinTAK and iTAK import them."""

import uuid
import zipfile
from typing import IO

from lxml import etree

from cop.briefing.exports.cot import POSSIBLE, USUAL, events
from cop.briefing.exports.export import Export, head, title
from cop.briefing.exports.text import legal

__all__ = ["POSSIBLE", "USUAL", "write"]


def write(export: Export, to: IO[bytes]) -> int:
    """Write the archive; how many events it holds."""
    made = export.occasion.made_at.timetuple()[:6]
    manifest = etree.Element("MissionPackageManifest", version="2")
    about = etree.SubElement(manifest, "Configuration")
    for name, value in (
        ("uid", str(uuid.uuid4())),
        ("name", title(export)),
        ("remarks", "; ".join(f"{name}: {words}" for name, words in head(export).items())),
    ):
        etree.SubElement(about, "Parameter", name=name, value=legal(value))
    contents = etree.SubElement(manifest, "Contents")
    count = 0
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for count, one in enumerate(events(export), 1):
            name = f"event-{count}/event-{count}.cot"
            content = etree.SubElement(contents, "Content", ignore="false", zipEntry=name)
            uid = etree.fromstring(one.payload).get("uid", "")
            etree.SubElement(content, "Parameter", name="uid", value=uid)
            archive.writestr(zipfile.ZipInfo(name, made), one.payload)
        whole = etree.tostring(manifest, xml_declaration=True, encoding="UTF-8", pretty_print=True)
        archive.writestr(zipfile.ZipInfo("MANIFEST/manifest.xml", made), whole)
    return count
