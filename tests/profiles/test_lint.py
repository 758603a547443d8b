"""What lint sees beyond loading."""

from pathlib import Path

import pytest

from profiles.lint import lint

from .conftest import CATALOGUE, PRODUCT, PROFILE, Write


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('text_zh = "门打开。"\n', "", 15, "the key 'text_zh' is missing"),
        ('text_zh = "门打开。"', 'text_zh = "The door opens."', 20, "'text_zh' has no Chinese character"),
        ('why_zh = "从外部看不到。"\n', "", 31, "the key 'why_zh' is missing"),
        ('title_zh = "敲门"\n', "", 1, "the key 'title_zh' is missing"),
        (', text_zh = "有门铃。"', "", 11, "[claims.bell] the key 'text_zh' is missing"),
        ('check = "automatic"', 'interpretation = "Wide."', 15, "the key 'interpretation_zh' is missing"),
        ('check = "automatic"', 'why = "No."\nwhy_zh = "不。"', 15, "'why' says that no check is possible"),
        ("[standard]\n", "[standard] # first\n" + "# long\n" * 3000, 1, "cannot be found by its key"),
    ],
)
def test_a_catalogue(write: Write, old: str, new: str, line: int, says: str) -> None:
    (problem,) = lint(write("c.toml", CATALOGUE, (old, new)))
    assert problem.where.startswith(f"{line}: ")
    assert says in f"{problem.where} {problem.what}"
    assert problem.cure


def test_good_files(write: Write, door: Path) -> None:
    assert lint(door) == []
    assert lint(door.with_name("knock-1.0-door.toml")) == []


def test_a_profile(write: Write, door: Path) -> None:
    path = write("p.toml", PROFILE + 'without = [{ id = "KNOCK-9", reason = "?" }]', ('title_zh = "前门"\n', ""))
    says = [f"{problem.where} {problem.what}" for problem in lint(path)]
    assert "1: [profile] the key 'title_zh' is missing" in says
    assert "12: [catalogue 1, knock-1.0/door] the key 'reason_zh' is missing" in says
    assert any("'KNOCK-9', which knock-1.0/door does not have" in said for said in says)


def test_a_profile_with_a_wrong_catalogue(write: Write, door: Path) -> None:
    write("knock-1.0-door.toml", CATALOGUE, ('"MUST"', '"MUSTARD"'))
    (problem,) = lint(door)
    assert problem.file.endswith("knock-1.0-door.toml")


def test_a_product_against_the_installed_catalogues(write: Write) -> None:
    path = write(
        "product.toml", PRODUCT, ("knock-1.0/door", "mqtt-5.0/server"), ("bell = false", "shared_subscripions = false")
    )
    (problem,) = lint(path)
    assert "mqtt-5.0/server has no claim 'shared_subscripions'" in problem.what
    assert problem.cure == "Did you mean 'shared_subscriptions'?"
