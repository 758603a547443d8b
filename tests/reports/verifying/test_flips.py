"""Any single octet of any file of a signed bundle that is another one is found: of small files every one, of large ones
a sample. IIC_CONFORM_ALL_POSITIONS tries as many as the promise says: 20,000 of each large file, which takes an hour.
"""

import contextlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from profiles.problems import InputError
from reports.signing.certify import certify
from reports.signing.keys import SigningKey
from reports.signing.order import Order
from reports.verifying.files import walk

from ..signed import AT, EVERYTHING, Tampering, bundle, laboratory, look, new_key, paths, problems, signed

SMALL_OCTETS = 4_000 if EVERYTHING else 300
SAMPLE = 20_000 if EVERYTHING else 120


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return new_key(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, key: SigningKey) -> Path:
    """A signed bundle with everything that a bundle can hold."""
    folder = tmp_path_factory.mktemp("whole")
    directory = bundle(folder / "run-1", reports=("html", "json", "junit", "allure", "csv", "badge"))
    order = Order(at=AT, laboratory=laboratory(folder / "laboratory.toml"))
    certify(directory, key, order, days=30)
    assert problems(look(directory, key)) == []
    return directory


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory, key: SigningKey) -> Path:
    """A signed and certified bundle whose reports are made again in no time."""
    folder = tmp_path_factory.mktemp("light")
    directory = signed(folder / "run-1", key)
    certify(directory, key, Order(at=AT, laboratory=laboratory(folder / "laboratory.toml")), days=30)
    return directory


def positions(size: int, chance: random.Random, sample: int = SAMPLE) -> Iterator[int]:
    """Every position of a small file; of a larger one its ends and a sample."""
    if size <= SMALL_OCTETS and sample >= SAMPLE:
        yield from range(size)
        return
    yield from sorted({0, size - 1, *(chance.randrange(size) for _ in range(sample))})


def missed(directory: Path, key: SigningKey, sample: int = SAMPLE) -> list[tuple[str, int]]:
    """The changed octets whose file is not named."""
    chance = random.Random(20261125)
    return [
        (name, position)
        for name, file in sorted(walk(directory).files.items())
        for position in Tampering(directory).flips(name, positions(file.size, chance, sample))
        if name not in paths(look(directory, key))
    ]


def test_there_is_a_file_of_each_kind(whole: Path) -> None:
    names = set(walk(whole).files)
    assert names >= {
        "manifest.json", "plan.json", "profile.json", "product.json", "journal.jsonl", "report/index.html",
        "report/result.json", "report/junit.xml", "report/test-report-en.pdf", "signature/statement.dsse.json",
        "signature/laboratory.toml", "certificate/credential.jwt", "certificate/certificate.html",
        "certificate/status.jwt",
    }  # fmt: skip
    assert sum(name.startswith("evidence/") for name in names) >= 2


def test_every_changed_octet_is_found_and_its_file_is_named(light: Path, key: SigningKey) -> None:
    assert missed(light, key) == []
    assert problems(look(light, key)) == []


def test_a_changed_octet_of_any_kind_of_report_is_found(
    whole: Path, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a large bundle, whose reports are not made again: what was signed is found by its digest."""
    monkeypatch.setattr("reports.verifying.bundles.FEW_CASES", 0)
    assert missed(whole, key, sample=SAMPLE if EVERYTHING else 8) == []
    assert problems(look(whole, key)) == []


@pytest.mark.parametrize("name", ["report/index.html", "report/test-report-zh.pdf", "report/junit.xml"])
def test_a_changed_report_is_found_where_reports_are_made_again(whole: Path, key: SigningKey, name: str) -> None:
    size = (whole / name).stat().st_size
    for position in Tampering(whole).flips(name, iter((size // 3, size - 1))):
        assert name in paths(look(whole, key)), position


def test_every_octet_of_a_certificate_counts(light: Path, key: SigningKey) -> None:
    chance = random.Random(7)
    data = (light / "certificate" / "credential.jwt").read_bytes()
    chosen = range(len(data)) if EVERYTHING else sorted({*chance.sample(range(len(data)), 600), len(data) - 1})
    unseen = []
    copy = light.parent / "credential.jwt"
    status = light / "certificate" / "status.jwt"
    for position in chosen:
        changed = bytearray(data)
        changed[position] ^= 1 << chance.randrange(8)
        copy.write_bytes(changed)
        with contextlib.suppress(InputError):  # it is told to be no certificate at all any more
            if look(copy, key, status=status).ok:
                unseen.append(position)
    assert unseen == []


def test_every_octet_of_an_envelope_counts(light: Path, key: SigningKey) -> None:
    """Without the keys to trust too: the envelope carries its own."""
    chance = random.Random(8)
    size = (light / "signature" / "statement.dsse.json").stat().st_size
    chosen = iter(range(size) if EVERYTHING else sorted(chance.sample(range(size), 250)))
    for position in Tampering(light).flips("signature/statement.dsse.json", chosen):
        assert "signature/statement.dsse.json" in paths(look(light)), position
