"""The font of the printed report: where it is, and which characters it has.

PDF/A allows no character that its font lacks, so whoever sets a text asks first. One family is used for both languages:
Noto Sans CJK, as the package of the extra `laboratory` or as the system's own package brings it.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from profiles.problems import InputError

PACKAGE = "manimgx_fonts_cjk"
SYSTEM = tuple(
    Path(folder)
    for folder in (
        "/usr/share/fonts/opentype/noto",
        "/usr/share/fonts/noto-cjk",
        "/usr/share/fonts/google-noto-cjk",
        "/usr/share/fonts/google-noto-sans-cjk-fonts",
        "/usr/local/share/fonts",
    )
)
PATTERN = "NotoSansCJK*.ttc"
CURE = "pip install 'iic-conform[laboratory]', or on Debian and Ubuntu: apt-get install fonts-noto-cjk"


@dataclass(frozen=True)
class Font:
    """The folder that holds the font's files, and the code points that it can show."""

    folder: Path
    letters: frozenset[int]


@lru_cache(maxsize=1)
def font() -> Font:
    """The font of the printed report. Raises InputError that says how to get it."""
    for folder in _folders():
        files = sorted(folder.glob(PATTERN))
        if files:
            try:
                return Font(folder, frozenset.intersection(*(frozenset(_letters(file)) for file in files)))
            except (OSError, struct.error, ValueError) as error:
                raise InputError(files[0], "", f"the font cannot be read: {error}", CURE) from None
    raise InputError(what="the font Noto Sans CJK is not installed, without which no Chinese can be set", cure=CURE)


def _folders() -> Iterator[Path]:
    found = find_spec(PACKAGE)
    if found and found.submodule_search_locations:
        yield from map(Path, found.submodule_search_locations)
    yield from SYSTEM


def _letters(file: Path) -> Iterator[int]:
    """The code points of the first font in a collection: those of its sisters are the same."""
    with open(file, "rb") as stream:
        magic, _, _, start = struct.unpack(">4sIII", stream.read(16))
        if magic != b"ttcf":
            raise ValueError("it is not a font collection")
        stream.seek(start)
        (tables,) = struct.unpack(">4xH6x", stream.read(12))
        records = [struct.unpack(">4sIII", stream.read(16)) for _ in range(tables)]
        offset, length = next((o, n) for tag, _, o, n in records if tag == b"cmap")
        stream.seek(offset)
        cmap = stream.read(length)
    (count,) = struct.unpack_from(">2xH", cmap)
    subtables = [struct.unpack_from(">HHI", cmap, 4 + 8 * n)[2] for n in range(count)]
    full = next((at for at in subtables if struct.unpack_from(">H", cmap, at)[0] == 12), None)
    if full is None:
        raise ValueError("it has no table of all its characters")
    (groups,) = struct.unpack_from(">I", cmap, full + 12)
    for n in range(groups):
        first, last, glyph = struct.unpack_from(">III", cmap, full + 16 + 12 * n)
        yield from range(first if glyph else first + 1, last + 1)
