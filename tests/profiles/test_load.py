"""Catalogues, profiles and products that are as they should be."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from profiles import (
    Exclusion,
    InputError,
    Product,
    applicability,
    find_catalogues,
    find_profiles,
    load_catalogue,
    load_catalogues,
    load_product,
    load_profile,
    select,
)
from profiles.lint import lint
from profiles.model import OFFERED

from .conftest import CATALOGUE, PRODUCT, PROFILE, Write

ROOT = Path(__file__).parents[2]


def test_a_catalogue(write: Write) -> None:
    catalogue = load_catalogue(write("knock.toml", CATALOGUE))
    assert (catalogue.key, catalogue.title_zh, catalogue.source) == ("knock-1.0/door", "敲门", "normative")
    assert catalogue.sha256 == hashlib.sha256(CATALOGUE.encode()).hexdigest()
    assert [r.ref for r in catalogue.requirements] == [f"knock-1.0/door:KNOCK-{n}" for n in (1, 2, 3)]
    first, second, third = catalogue.requirements
    assert (first.wording, first.check, first.when, first.clause) == ("keyword", "automatic", None, "1.1")
    assert second.when == "bell and knocks >= 2"
    assert (third.check, third.why, third.why_zh) == ("none", "Not visible from outside.", "从外部看不到。")
    assert catalogue.claims["knocks"].default == 3
    assert catalogue.claims["wood"].values == ("oak", "pine")
    assert catalogue.claims["offered"] == OFFERED


def test_the_rarer_keys_of_a_requirement(write: Write) -> None:
    rarer = (
        'id = "KNOCK-2"\nduty = "KNOCK-1"\nrestates = ["KNOCK-1", "other-1/door:X-1"]\ncodes = ["0x82"]\n'
        "derived = true\n"
        'interpretation = "Loudly."\ninterpretation_zh = "大声。"\n'
    )
    requirement = load_catalogue(write("knock.toml", CATALOGUE, ('id = "KNOCK-2"\n', rarer))).requirements[1]
    assert requirement.duty == "KNOCK-1"
    assert requirement.restates == ("KNOCK-1", "other-1/door:X-1")
    assert (requirement.codes, requirement.derived, requirement.interpretation_zh) == (("0x82",), True, "大声。")
    document = requirement.to_json()
    assert document["standard"] == "knock-1.0"
    assert document["codes"] == ["0x82"]
    assert "claims" not in document


def test_a_profile_with_its_catalogue_beside_it(door: Path) -> None:
    profile = load_profile(str(door))
    assert (profile.id, profile.reference, profile.file) == ("front-door", "door", door)
    catalogues = load_catalogues(profile)
    assert [r.id for r in select(profile, catalogues)] == ["KNOCK-1", "KNOCK-2", "KNOCK-3"]
    assert select(profile, catalogues) == select(profile, list(catalogues.values()))


@pytest.mark.parametrize(
    ("narrowed", "ids"),
    [
        ('levels = ["MUST", "MAY"]', ["KNOCK-1", "KNOCK-3"]),
        ('only = ["KNOCK-2"]', ["KNOCK-2"]),
        ('without = [{ id = "KNOCK-1", reason = "Bells only.", reason_zh = "仅门铃。" }]', ["KNOCK-2", "KNOCK-3"]),
    ],
)
def test_selections(door: Path, write: Write, narrowed: str, ids: list[str]) -> None:
    profile = load_profile(write("narrow.toml", PROFILE + narrowed))
    assert [r.id for r in select(profile, load_catalogues(profile))] == ids


def test_exclusions_keep_their_reason(write: Write) -> None:
    without = 'without = [{ id = "KNOCK-1", reason = "Bells only.", reason_zh = "仅门铃。" }]'
    profile = load_profile(write("narrow.toml", PROFILE + without))
    assert profile.catalogues[0].without == (Exclusion("KNOCK-1", "Bells only.", "仅门铃。"),)


@pytest.mark.parametrize("key", ["only", "without"])
def test_a_selection_of_what_is_not_there(door: Path, write: Write, key: str) -> None:
    value = '["KNOCK-9"]' if key == "only" else '[{ id = "KNOCK-9", reason = "?" }]'
    profile = load_profile(write("narrow.toml", f"{PROFILE}{key} = {value}"))
    with pytest.raises(
        InputError, match=r"\[catalogue 1, knock-1.0/door\].*'KNOCK-9', which knock-1.0/door does not have"
    ):
        select(profile, load_catalogues(profile))


def test_a_product(door: Path, write: Write) -> None:
    catalogues = load_catalogues(load_profile(door))
    path = write("product.toml", PRODUCT + '[extra]\norder = "7"\n', ("[claims", 'hardware = "B2"\n[claims'))
    product = load_product(path, catalogues.values())
    assert (product.vendor, product.name, product.version) == ("Example Works", "D-1", "2.1.0")
    assert product.claims == {"knock-1.0/door": {"bell": False}}
    assert product.ixit == {"knock": {"url": "knock://127.0.0.1:1"}}
    assert product.extra == {"hardware": "B2", "order": "7"}
    assert product.to_json()["extra"] == {"hardware": "B2", "order": "7"}


def test_what_applies(door: Path) -> None:
    profile = load_profile(door)
    opens, rings, _ = select(profile, load_catalogues(profile))
    silent = Product("Example Works", "D-1")
    assert applicability(opens, silent) == (True, "", "")
    assert applicability(rings, silent) == (True, "", "")
    mute = Product("Example Works", "D-1", claims={"knock-1.0/door": {"bell": False}})
    applies, reason, reason_zh = applicability(rings, mute)
    assert not applies
    assert reason == "it applies when bell and knocks >= 2; the product: bell = false, knocks = 3"
    assert "bell = false" in reason_zh
    wall = Product("Example Works", "W-1", claims={"knock-1.0/door": {"offered": False}})
    assert applicability(opens, wall) == (
        False,
        "the product does not offer knock-1.0/door",
        "产品不提供 knock-1.0/door",
    )
    odd = Product("Example Works", "D-1", claims={"knock-1.0/door": {"knocks": "many"}})
    with pytest.raises(InputError, match="compares a text with a number"):
        applicability(rings, odd)


def test_a_file_with_a_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    path = tmp_path / "knock.toml"
    path.write_bytes(b"\xef\xbb\xbf" + CATALOGUE.replace("\n", "\r\n").encode())
    assert len(load_catalogue(path).requirements) == 3
    assert lint(path) == []


def test_own_profiles_and_examples_are_found() -> None:
    assert find_profiles()["mqtt-broker"] == ROOT / "profiles" / "mqtt-broker.toml"
    assert load_profile("mqtt-broker").catalogues[1].catalogue == "mqtt-5.0/server"
    for path in (ROOT / "examples" / "products").glob("*.toml"):
        assert load_product(path, reveal=False).vendor


@pytest.mark.parametrize("path", sorted((ROOT / "profiles").rglob("*.toml")), ids=lambda path: path.stem)
def test_own_files_have_nothing_wrong(path: Path) -> None:
    assert "\n".join(map(str, lint(path))) == ""


def test_own_catalogues_are_called_after_their_keys() -> None:
    for key, path in find_catalogues().items():
        standard, _, role = key.partition("/")
        assert path.stem in (standard, f"{standard}-{role}")


def test_importing_is_cheap() -> None:
    heavy = {"pytest", "jsonschema", "tomllib", "difflib", "importlib.metadata"}
    code = f"import sys, profiles; print(*sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (done.stdout.strip(), done.stderr) == ("", "")


def test_a_file_for_several_roles_is_a_catalogue_for_each(write: Write) -> None:
    changes = (('role = "door"', 'role = ["door", "lock"]'), ('id = "KNOCK-2"\n', 'id = "KNOCK-2"\nrole = "lock"\n'))
    path = write("knock.toml", CATALOGUE, *changes)
    door, lock = load_catalogue(path), load_catalogue(path, "knock-1.0/lock")
    assert (door.key, lock.key) == ("knock-1.0/door", "knock-1.0/lock")
    assert [r.ref for r in lock.requirements][:2] == ["knock-1.0/lock:KNOCK-1", "knock-1.0/lock:KNOCK-2"]
    assert "KNOCK-2" not in [r.id for r in door.requirements]


def test_a_statement_for_a_role_that_the_file_has_not(write: Write) -> None:
    with pytest.raises(InputError, match="the file has no role 'window'"):
        load_catalogue(write("knock.toml", CATALOGUE, ('id = "KNOCK-2"\n', 'id = "KNOCK-2"\nrole = "window"\n')))
