"""What the operating system must bring: Qt's shared libraries, a font, and the programs the tests start."""

from __future__ import annotations

import ctypes.util
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

# Shared library (soname) -> Debian package. A library that is not named here is shown by its soname.
PACKAGE_OF = {
    "libEGL.so.1": "libegl1",
    "libEGL_mesa.so.0": "libegl-mesa0",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libatomic.so.1": "libatomic1",
    "libX11.so.6": "libx11-6",
    "libcurl.so.4": "libcurl4",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
PROGRAMS = {"mosquitto": "mosquitto", "Xvfb": "xvfb", "xauth": "xauth"}  # program -> Debian package
# What some commands can do without: what needs it is skipped by name. Purpose -> program -> Debian package
EXTRAS = {
    # what opens the pages that leave the app
    "test": {"chromium": "chromium"},
    "brokers": {"rabbitmq-server": "rabbitmq-server", "nats-server": "nats-server"},
    "faults": {"ip": "iproute2", "faketime": "faketime"},
}
# Debian keeps servers out of a user's PATH, but the tests start them by name.
PROGRAM_FOLDERS = ("/usr/sbin", "/usr/local/sbin")
# Debian's packages ask it before they start a server of theirs; 101 says no.
POLICY = Path("/usr/sbin/policy-rc.d")
FONT_PACKAGE = "fonts-dejavu-core"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")

# Parts of PySide6, below its folder, that the app loads.
OFFSCREEN = ("Qt/plugins/platforms/libqoffscreen.so", "QtWidgets.abi3.so", "QtSvg.abi3.so", "QtNetwork.abi3.so")
WINDOW = (
    "Qt/plugins/platforms/libqxcb.so",
    "Qt/plugins/xcbglintegrations/libqxcb-egl-integration.so",
    "Qt/plugins/xcbglintegrations/libqxcb-glx-integration.so",
)
# What draws vector tiles, where it is installed; libEGL finds its driver only when it runs.
VECTOR_TILES = ("../mapli/_core.abi3.so",)
EGL_DRIVER = "libEGL_mesa.so.0"
# What speaks to the browser for the tests, where it is installed.
BROWSER_DRIVER = ("../playwright/driver/node",)


def missing_libraries(parts: Iterable[str], qt_folder: Path) -> set[str]:
    """Sonames that the dynamic linker cannot find for these parts of PySide6; none but on Linux."""
    files = [str(qt_folder / part) for part in parts if (qt_folder / part).exists()]
    if sys.platform != "linux" or not files:
        return set()
    listing = subprocess.run(["ldd", *files], check=False, capture_output=True, text=True).stdout
    return {line.split()[0] for line in listing.splitlines() if line.rstrip().endswith("=> not found")}


def missing_for_vector_tiles(qt_folder: Path) -> set[str]:
    """Sonames that the drawing of vector tiles lacks; none where it is not installed."""
    if not any((qt_folder / part).exists() for part in VECTOR_TILES):
        return set()
    driver = {EGL_DRIVER} if ctypes.util.find_library("EGL_mesa") is None else set()
    return missing_libraries(VECTOR_TILES, qt_folder) | driver


def missing_for_browser(qt_folder: Path) -> set[str]:
    """Sonames that the tests' way to the browser lacks; none where it is not installed."""
    return missing_libraries(BROWSER_DRIVER, qt_folder)


def missing_programs() -> set[str]:
    """Programs the tests start that are neither in PATH nor where Debian keeps servers."""
    wanted = PROGRAMS if sys.platform == "linux" else {"mosquitto"}
    return {name for name in wanted if not _program(name)}


def missing_extras(purpose: str) -> set[str]:
    """Programs that this purpose can do without, and that are not there."""
    wanted = EXTRAS.get(purpose, {}) if sys.platform == "linux" else {}
    return {name for name in wanted if not _program(name)}


def has_font() -> bool:
    """Whether any outline font is installed; Qt draws empty boxes, or nothing, without one."""
    return sys.platform != "linux" or any(True for _ in _fonts())


def packages(libraries: Iterable[str], programs: Iterable[str], *, font: bool) -> tuple[list[str], list[str]]:
    """Debian packages that bring what is missing, and the sonames for which none is known."""
    package_of = {**PROGRAMS, **{name: package for those in EXTRAS.values() for name, package in those.items()}}
    named = {PACKAGE_OF[name] for name in libraries if name in PACKAGE_OF} | {package_of[name] for name in programs}
    if font:
        named.add(FONT_PACKAGE)
    return sorted(named), sorted(name for name in libraries if name not in PACKAGE_OF)


def _program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path=":".join(PROGRAM_FOLDERS))


def _fonts() -> Iterator[Path]:
    for folder in FONT_FOLDERS:
        for kind in ("*.ttf", "*.otf", "*.ttc"):
            yield from Path(folder).expanduser().rglob(kind)
