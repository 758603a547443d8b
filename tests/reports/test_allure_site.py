"""The example of an Allure 3 site: both languages can be built, and each case falls into one category."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import reports
from conformance.engine.bundle import Bundle
from reports.allure import CATEGORIES

EXAMPLE = Path(__file__).parents[2] / "examples" / "allure"
NAMES = re.findall(r'en: "([^"]+)", zh: "([^"]+)"', (EXAMPLE / "categories.mjs").read_text("utf-8"))


def test_the_example_names_the_categories_that_we_write() -> None:
    assert [en for en, _ in NAMES] == [str(one["name"]) for one in CATEGORIES]


def test_each_result_is_in_one_category(toy_bundle: Bundle, tmp_path: Path) -> None:
    reports.write(toy_bundle, ["allure"], tmp_path)
    kinds = set()
    for path in (tmp_path / "allure-results").glob("*-result.json"):
        one = json.loads(path.read_bytes())
        message = one.get("statusDetails", {}).get("message", "")
        fitting = [
            str(rule["name"])
            for rule in CATEGORIES
            if one["status"] in rule["matchedStatuses"] and re.fullmatch(str(rule["messageRegex"]), message)
        ]
        assert len(fitting) == (one["status"] != "passed"), (one["name"], fitting)
        kinds |= set(fitting)
    assert kinds >= {"Nonconformities", "Warnings", "Inconclusive", "Errors of the harness", "Not applicable"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_site_can_be_built(language: str, toy_bundle: Bundle, tmp_path: Path) -> None:
    allure = EXAMPLE / "node_modules" / ".bin" / "allure"
    if not allure.exists() or not shutil.which("node"):
        pytest.skip("Allure 3 is not installed: npm install in examples/allure")
    reports.write(toy_bundle, ["allure"], tmp_path)
    for name in ("categories.mjs", f"allurerc.{language}.mjs"):
        shutil.copy(EXAMPLE / name, tmp_path)
    command = [str(allure), "generate", "--config", f"allurerc.{language}.mjs", "allure-results"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "allure-report" / language / "index.html").read_text("utf-8")
    assert len(page) > 100_000
    assert f'"reportLanguage":"{language}"' in page.replace(" ", "")
