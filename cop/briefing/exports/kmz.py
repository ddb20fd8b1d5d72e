"""KMZ (OGC 12-007r2 annex C): the KML document and the symbols that its placemarks wear, in one archive."""

import zipfile
from typing import IO

from cop.briefing.exports import kml
from cop.briefing.exports.export import Export

USUAL, POSSIBLE = kml.USUAL, kml.POSSIBLE


def write(export: Export, to: IO[bytes]) -> int:
    """Write the archive; how many placemarks it has. Without somebody who draws there are no symbols in it."""
    draw = export.draw
    looks = kml.looks(export) if draw is not None else []
    icons = {look: f"icons/{number}.png" for number, look in enumerate(looks)}
    made = export.occasion.made_at.timetuple()[:6]
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        document = zipfile.ZipInfo("doc.kml", made)  # the first in it is what viewers open
        document.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(document, "w") as file:
            count = kml.write_document(export, file, icons)
        for look, name in icons.items():
            assert draw is not None
            archive.writestr(zipfile.ZipInfo(name, made), draw(look))
    return count
