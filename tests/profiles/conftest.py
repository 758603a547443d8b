"""Small catalogues, profiles and products to spoil; a cache of its own for each test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from profiles import load_catalogue, load_product, load_profile

CATALOGUE = """\
[standard]
id = "knock-1.0"
role = "door"
title = "Knocking"
title_zh = "敲门"
issuer = "Nobody"
edition = "First, 2020"
source = "normative"

[claims]
bell = { default = true, text = "There is a bell.", text_zh = "有门铃。" }
knocks = { default = 3, text = "How many knocks open.", text_zh = "敲几下开门。", minimum = 1, maximum = 9 }
wood = { default = "oak", text = "What it is made of.", text_zh = "材质。", values = ["oak", "pine"] }

[[requirement]]
id = "KNOCK-1"
clause = "1.1"
level = "MUST"
text = "The door opens."
text_zh = "门打开。"
check = "automatic"

[[requirement]]
id = "KNOCK-2"
clause = "1.2"
level = "SHOULD"
text = "The bell rings."
text_zh = "门铃响。"
when = "bell and knocks >= 2"

[[requirement]]
id = "KNOCK-3"
clause = "1.3"
level = "MAY"
text = "Somebody smiles."
text_zh = "有人微笑。"
check = "none"
why = "Not visible from outside."
why_zh = "从外部看不到。"
"""

PROFILE = """\
[profile]
id = "front-door"
title = "Front door"
title_zh = "前门"
version = "1.0"
summary = "A door that opens."
summary_zh = "会打开的门。"
reference = "door"

[[catalogue]]
standard = "knock-1.0"
role = "door"
"""

PRODUCT = """\
[product]
vendor = "Example Works"
name = "D-1"
version = "2.1.0"

[claims."knock-1.0/door"]
bell = false

[ixit.knock]
url = "knock://127.0.0.1:1"
"""

LOADERS: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "catalogue": (CATALOGUE, load_catalogue),
    "profile": (PROFILE, load_profile),
    "product": (PRODUCT.replace("[claims.", "[ixit.x]\n[claims."), load_product),
}
"""Kind of file to a sound one and what loads it."""

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache; gives its folder."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder / "iic-conform" / "checked"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a text, changed by pairs (old, new), into a file; each old text must be there."""

    def writer(name: str, text: str, *changes: tuple[str, str]) -> Path:
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return writer


@pytest.fixture
def door(write: Write) -> Path:
    """A profile file with its catalogue beside it."""
    write("knock-1.0-door.toml", CATALOGUE)
    return write("front-door.toml", PROFILE)
