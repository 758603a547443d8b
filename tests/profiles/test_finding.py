"""Profiles and catalogues of other packages."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from profiles import InputError, find_catalogues, find_profiles, load_catalogues, load_product, load_profile, select
from profiles.finding import GROUP, kind_of
from profiles.lint import lint

from .conftest import CATALOGUE, PRODUCT, PROFILE


@pytest.fixture
def announce(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A package `doors` that announces itself; gives its folder."""
    folder = tmp_path / "site" / "doors"
    (folder / "house").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise SystemExit('must not be imported')")
    (folder / "front-door.toml").write_text(PROFILE, encoding="utf-8")
    (folder / "house" / "knock-1.0-door.toml").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    _announce(monkeypatch, "doors")
    return folder


def _announce(monkeypatch: pytest.MonkeyPatch, *values: str) -> None:
    points = [EntryPoint(f"p{n}", value, GROUP) for n, value in enumerate(values)]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: points if group == GROUP else [])


def test_an_announced_package(announce: Path, tmp_path: Path) -> None:
    assert find_profiles()["front-door"] == announce / "front-door.toml"
    assert "mqtt-broker" in find_profiles()
    assert find_catalogues()["knock-1.0/door"] == announce / "house" / "knock-1.0-door.toml"
    profile = load_profile("front-door")
    assert len(select(profile, load_catalogues(profile))) == 3
    product = tmp_path / "product.toml"
    product.write_text(PRODUCT, encoding="utf-8")
    assert load_product(product).claims == {"knock-1.0/door": {"bell": False}}
    assert "doors" not in sys.modules
    assert lint(announce / "front-door.toml") == []


def test_an_announced_module(announce: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (announce.parent / "doors_data.py").write_text("")
    (announce.parent / "front.toml").write_text(PROFILE.replace("front-door", "side-door"), encoding="utf-8")
    _announce(monkeypatch, "doors_data:ANYTHING")
    assert find_profiles()["side-door"] == announce.parent / "front.toml"


@pytest.mark.parametrize("value", ["no_such_package", "no_such_package.inner", "json.decoder.inner", ""])
def test_an_announced_package_that_is_not_there(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    _announce(monkeypatch, value)
    with pytest.raises(InputError, match=r"entry point p0: .*there is no package.*Cure: Install it again"):
        find_profiles()
    assert load_profile("mqtt-broker").id == "mqtt-broker"


def test_the_same_id_twice(announce: Path) -> None:
    path = announce / "mine.toml"
    path.write_text(PROFILE.replace("front-door", "mqtt-broker"), encoding="utf-8")
    assert find_profiles()["mqtt-broker"].name == "mqtt-broker.toml"
    (problem,) = lint(path)
    assert "has the same id 'mqtt-broker' and is found first" in problem.what


def test_a_catalogue_beside_the_profile_counts_first(announce: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    draft.mkdir()
    (draft / "p.toml").write_text(PROFILE, encoding="utf-8")
    (draft / "c.toml").write_text(CATALOGUE.replace("First, 2020", "Second, draft"), encoding="utf-8")
    assert load_catalogues(load_profile(draft / "p.toml"))["knock-1.0/door"].edition == "Second, draft"
    assert load_catalogues(load_profile("front-door"))["knock-1.0/door"].edition == "First, 2020"


def test_a_missing_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text(PROFILE.replace("knock-1.0", "mqtt-5").replace('"door"\n', '"server"\n'), encoding="utf-8")
    with pytest.raises(
        InputError, match=r"\[catalogue 1, mqtt-5/server\] there is no catalogue .* Did you mean 'mqtt-5.0/server'"
    ):
        load_catalogues(load_profile(path))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CATALOGUE, ("standard", ("knock-1.0/door",))),
        (PROFILE, ("profile", ("front-door",))),
        (PRODUCT, ("product", ())),
        ("# a comment\n\n" + PROFILE.replace("\n", "\r\n"), ("profile", ("front-door",))),
        (CATALOGUE.replace('"door"', '["door", "lock"]', 1), ("standard", ("knock-1.0/door", "knock-1.0/lock"))),
        ("[other]\nid = 'x'\n", ("", ())),
        ("\0\xff", ("", ())),
        ("", ("", ())),
    ],
)
def test_kind_of(tmp_path: Path, text: str, kind: tuple[str, tuple[str, ...]]) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8", newline="")
    assert kind_of(path) == kind
    assert kind_of(tmp_path) == kind_of(tmp_path / "none") == ("", ())
