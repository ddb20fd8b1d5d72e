"""Archives of boundary files, which anybody may have made: what they would grow to is known before it is read."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from cop.picture.boundaries.kml import read_kml
from cop.picture.boundaries.shapefiles import parts_to_features
from cop.picture.features import Collection

#: of a whole country's blocks at full detail a shapefile comes to a third of this
LARGEST_BYTES = 768 << 20
_MOST_MEMBERS = 2_000


def read_zip(path: Path, layer: str = "") -> Collection:
    """The shapefile or KML in an archive, or that one of several whose name is `layer`. Raises ValueError."""
    with _opened(path) as archive:
        files = _files(archive)
        found = [one for one in files if one.suffix.lower() in {".shp", ".kml"}]
        if layer:
            found = [one for one in found if one.stem.lower() == layer.lower()]
        if len(found) != 1:
            names = sorted(one.stem for one in files if one.suffix.lower() in {".shp", ".kml"})
            if not names:
                raise ValueError(f"{path.name}: holds neither a shapefile (.shp) nor KML")
            asked = f"no layer {layer!r}; it" if layer else "several layers; say by the key `layer` which. It"
            raise ValueError(f"{path.name}: holds {asked} holds {', '.join(names[:20])}")
        chosen = found[0]
        if chosen.suffix.lower() == ".kml":
            return read_kml(_content(archive, files[chosen], path.name), path.name)
        wanted = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
        beside = {
            one.suffix.lower(): _content(archive, info, path.name)
            for one, info in files.items()
            if one.parent == chosen.parent and one.stem.lower() == chosen.stem.lower() and one.suffix.lower() in wanted
        }
    return parts_to_features(beside, path.name)


def read_kmz(path: Path) -> Collection:
    """The main document of a KMZ: doc.kml, else the topmost (OGC 12-007r2, annex C). Raises ValueError."""
    with _opened(path) as archive:
        found = {one: info for one, info in _files(archive).items() if one.suffix.lower() == ".kml"}
        if not found:
            raise ValueError(f"{path.name}: holds no KML")
        main = min(found, key=lambda one: (one.name.lower() != "doc.kml", len(one.parts)))
        return read_kml(_content(archive, found[main], path.name), path.name)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(io.BufferedReader(file)) as archive:
                yield archive
        except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError) as error:
            raise ValueError(f"{path.name} is no zip archive that can be read: {error}") from error


def _files(archive: zipfile.ZipFile) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """What lies in it, in its order; without folders and what macOS puts beside each file."""
    infos = archive.infolist()[:_MOST_MEMBERS]
    return {
        PurePosixPath(one.filename): one
        for one in infos
        if not one.is_dir() and not one.filename.startswith("__MACOSX/") and one.filename.rpartition("/")[2][:1] != "."
    }


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    """A file's bytes; never more than its entry promises, and no more than the limit."""
    if info.file_size > LARGEST_BYTES:
        raise ValueError(
            f"{name}: {info.filename} would grow to {info.file_size >> 20:,} MiB; at most {LARGEST_BYTES >> 20}"
        )
    try:
        return archive.read(info)
    except (RuntimeError, zlib.error) as error:  # encrypted, or broken inside
        raise ValueError(f"{name}: {info.filename} cannot be read: {error}") from error
