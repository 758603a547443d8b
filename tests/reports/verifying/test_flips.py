"""Any single octet of any file of a signed bundle that is another one is found: of small files every one, of large ones
a sample. IIC_CONFORM_ALL_POSITIONS tries as many as the promise says: 20,000 of each large file, which takes minutes.
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

from ..signed import AT, EVERYTHING, Tampering, bundle, laboratory, look, new_key, problems

SMALL_OCTETS = 1_500 if EVERYTHING else 120
SAMPLE = 20_000 if EVERYTHING else 12


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


def positions(size: int, chance: random.Random) -> Iterator[int]:
    """Every position of a small file; of a larger one its ends and a sample."""
    if size <= SMALL_OCTETS:
        yield from range(size)
        return
    yield from sorted({0, size - 1, *(chance.randrange(size) for _ in range(SAMPLE))})


def test_there_is_a_file_of_each_kind(whole: Path) -> None:
    names = set(walk(whole).files)
    assert names >= {
        "manifest.json", "plan.json", "profile.json", "product.json", "journal.jsonl", "report/index.html",
        "report/result.json", "report/junit.xml", "report/test-report-en.pdf", "signature/statement.dsse.json",
        "signature/laboratory.toml", "certificate/credential.jwt", "certificate/certificate.html",
        "certificate/status.jwt",
    }  # fmt: skip
    assert sum(name.startswith("evidence/") for name in names) >= 2


def test_every_changed_octet_is_found_and_its_file_is_named(whole: Path, key: SigningKey) -> None:
    chance = random.Random(20261125)
    missed = []
    for name, file in sorted(walk(whole).files.items()):
        for position in Tampering(whole).flips(name, positions(file.size, chance)):
            found = look(whole, key)
            if name not in {problem.path for problem in found.problems}:
                missed.append((name, position, problems(found)[:2]))
    assert missed == []
    assert problems(look(whole, key)) == []


def test_every_octet_of_a_certificate_counts(whole: Path, key: SigningKey) -> None:
    chance = random.Random(7)
    data = (whole / "certificate" / "credential.jwt").read_bytes()
    chosen = range(len(data)) if EVERYTHING else sorted({*chance.sample(range(len(data)), 600), len(data) - 1})
    missed = []
    copy = whole.parent / "credential.jwt"
    status = whole / "certificate" / "status.jwt"
    for position in chosen:
        changed = bytearray(data)
        changed[position] ^= 1 << chance.randrange(8)
        copy.write_bytes(changed)
        with contextlib.suppress(InputError):  # it is told to be no certificate at all any more
            if look(copy, key, status=status).ok:
                missed.append(position)
    assert missed == []


def test_every_octet_of_an_envelope_counts(whole: Path, key: SigningKey) -> None:
    """Without the keys to trust too: the envelope carries its own."""
    chance = random.Random(8)
    size = (whole / "signature" / "statement.dsse.json").stat().st_size
    chosen = iter(range(size) if EVERYTHING else sorted(chance.sample(range(size), 250)))
    for position in Tampering(whole).flips("signature/statement.dsse.json", chosen):
        assert "signature/statement.dsse.json" in {problem.path for problem in look(whole).problems}, position
