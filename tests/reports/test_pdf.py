"""The test report in PDF: all of ISO/IEC 17025, 7.8, in both languages; the same octets again; PDF/A-2b."""

import datetime
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import reports
from conformance.engine.bundle import Bundle
from conformance.engine.verdict import Verdict
from profiles import InputError
from reports.html import words as common
from reports.laboratory import load_laboratory
from reports.pdf import fonts, typesetting, write_pdf
from reports.pdf import words as printed
from reports.signing.pdf import sign_pdf
from reports.validation import load_proof

from .issued import laboratory_file, pages, proof_file, squeezed
from .made import REQUIREMENTS, made_up, requirement, result
from .signed import new_key
from .test_hostile import HOSTILE, hostile_bundle

pypdf = pytest.importorskip("pypdf")
VERAPDF = Path(__file__).parent / "verapdf"
AMENDMENT = """
[[amendment]]
replaces = "EL-2026-0401"
issued = "2026-11-20"
changed = "The serial number of the item."
changed_zh = "更正了样品序列号。"
reason = "It was misread."
"""


def issue(
    bundle: Bundle,
    folder: Path,
    languages: Iterable[str] = ("en",),
    proof: Path | None = None,
    more: str = "",
    electronic: bool = False,
) -> list[Path]:
    laboratory = load_laboratory(laboratory_file(bundle, folder, lambda text: text + more))
    return write_pdf(bundle, folder, laboratory, load_proof(proof) if proof else None, languages, electronic=electronic)


@pytest.fixture(scope="module")
def issued(toy_bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The test report on the toy, in both languages, with a proof and an amendment."""
    folder = Path(tmp_path_factory.mktemp("issued"))
    en, zh = issue(toy_bundle, folder, ("en", "zh"), proof_file(folder), AMENDMENT)
    return {"en": en, "zh": zh}


def test_it_says_everything_that_17025_asks(issued: dict[str, Path], toy_bundle: Bundle) -> None:
    told = squeezed("".join(pages(issued["en"])))
    laboratory = load_laboratory(laboratory_file(toy_bundle, issued["en"].parent))
    wanted = [
        "Test report", laboratory.laboratory.name.en, laboratory.laboratory.address.en, laboratory.places[0].name.en,
        laboratory.report_id, f"End of test report {laboratory.report_id}", laboratory.customer.name.en,
        laboratory.customer.address.en, laboratory.customer.contact.en, "Toy protocol, server",
        laboratory.item.description.en,
        laboratory.item.identification.en, laboratory.item.condition.en, str(laboratory.item.received),
        str(laboratory.test.began), str(laboratory.issued), laboratory.sampling.method.en,
        "The results in this report relate only to the items tested.", laboratory.test.environment.en,
        printed.DEVIATIONS.en, printed.PROVIDERS.en, laboratory.authorisers[0].name.en,
        laboratory.authorisers[0].function.en,
        "Example Accreditation Service, No. L0000", laboratory.decision_rule.text.en, laboratory.test.uncertainty.en,
        printed.FROM_CUSTOMER.en,
    ]  # fmt: skip
    assert [text for text in wanted if squeezed(text) not in told] == []


def test_it_says_the_same_in_chinese(issued: dict[str, Path], toy_bundle: Bundle) -> None:
    told = squeezed("".join(pages(issued["zh"])))
    laboratory = load_laboratory(laboratory_file(toy_bundle, issued["zh"].parent))
    wanted = [
        "检测报告", laboratory.laboratory.name.zh, laboratory.customer.name.zh, laboratory.item.condition.zh,
        laboratory.sampling.method.zh, laboratory.test.environment.zh, laboratory.decision_rule.text.zh,
        "本报告中的结果仅与被测样品有关。", "玩具协议，服务端", common.PRODUCT[reports.roll_up(toy_bundle).verdict].zh,
        f"检测报告 {laboratory.report_id} 结束", printed.VALIDATION.zh, "更正了样品序列号。",
    ]  # fmt: skip
    assert [text for text in wanted if squeezed(text) not in told] == []
    assert "".join(common.VERDICTS[Verdict.FAIL].zh) in told


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_page_has_the_id_and_its_number(language: str, issued: dict[str, Path]) -> None:
    told = pages(issued[language])
    assert len(told) > 4
    said = printed.PAGE.en if language == "en" else printed.PAGE.zh
    for n, page in enumerate(told, 1):
        assert "EL-2026-0417" in page
        assert squeezed(said.format(n=n, m=len(told))) in squeezed(page)
        assert "Run" in page or "运行" in page
    ends = [
        squeezed(printed.END.en if language == "en" else printed.END.zh).format(id="EL-2026-0417") in squeezed(p)
        for p in told
    ]
    assert ends == [False] * (len(told) - 1) + [True]


def test_every_requirement_has_its_line_with_its_verdict(issued: dict[str, Path], toy_bundle: Bundle) -> None:
    told = " ".join(pages(issued["en"]))
    matrix = told[told.rindex(common.MATRIX.en) :]
    rows = reports.roll_up(toy_bundle).requirements
    for row in rows:
        assert re.search(rf"{re.escape(row.id)} {row.level} .{{0,60}}?{common.VERDICTS[row.verdict].en}", matrix), (
            row.id
        )
        assert squeezed(row.text) in squeezed(matrix)


def test_a_finding_shows_its_evidence(issued: dict[str, Path], toy_bundle: Bundle) -> None:
    told = squeezed(" ".join(pages(issued["en"])))
    failed = next(case for case in reports.roll_up(toy_bundle).cases if case.verdict is Verdict.FAIL)
    attempt = failed.decisive
    assert attempt
    assert attempt.transcript
    assert squeezed(attempt.expected or "") in told
    assert squeezed(attempt.got or "") in told
    assert attempt.transcript in told
    assert squeezed(f"iic-conform rejudge {toy_bundle.directory.name} --select") in told


def test_the_chinese_report_says_what_it_quotes(issued: dict[str, Path]) -> None:
    zh, en = (squeezed(" ".join(pages(issued[language]))) for language in ("zh", "en"))
    assert zh.count(squeezed(common.QUOTED_ZH)) == 3  # findings, warnings, what is open
    assert squeezed(common.QUOTED_ZH) not in en
    assert squeezed(f"{common.EXPECTED.zh} 连接关闭") in zh
    assert "产品声明没有该选项" in zh


def test_octets_stand_under_what_they_mean(tmp_path: Path) -> None:
    bundle = hostile_bundle(tmp_path / "run-x", HOSTILE["plain"])
    (path,) = issue(bundle, tmp_path)
    assert " ".join(f"{octet:02x}" for octet in b"hello 0\n") in " ".join(pages(path))


def test_the_amendment_keeps_its_trace(issued: dict[str, Path]) -> None:
    told = pages(issued["en"])
    assert "This report replaces report EL-2026-0401 of 2026-11-20" in told[0]
    assert squeezed("The serial number of the item.") in squeezed(told[-1])
    assert squeezed("It was misread.") in squeezed(told[-1])


def test_the_validation_of_the_suites_is_shown_with_its_date(issued: dict[str, Path]) -> None:
    told = " ".join(pages(issued["en"]))
    assert "Proof made on 2026-11-25 with iic-conform 0.1.0." in told
    assert re.search(r"toy 6 4 4 0 0 0 proven", told)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (None, printed.NO_PROOF),
        ({"suite": "other"}, printed.WITHOUT),
        ({"sha256": "0" * 64}, printed.OTHER_OCTETS),
        ({"caught": 1}, printed.UNPROVEN),
        ({"partial": True}, printed.PARTIAL),
        ({"created": ""}, printed.PROOF_UNDATED),
    ],
    ids=["none", "other-suite", "other-octets", "unproven", "partial", "undated"],
)
def test_a_doubtful_proof_is_said(
    changes: dict[str, Any] | None, said: Any, toy_bundle: Bundle, tmp_path: Path
) -> None:
    proof = None if changes is None else proof_file(tmp_path, **changes)
    (path,) = issue(toy_bundle, tmp_path, proof=proof)
    assert squeezed(said.en.partition("{")[0]) in squeezed(" ".join(pages(path)))


@pytest.mark.parametrize(
    ("verdict", "statement"),
    [
        (Verdict.PASS, printed.CONFORMS),
        (Verdict.FAIL, printed.DOES_NOT_CONFORM),
        (Verdict.INCONCLUSIVE, printed.NO_STATEMENT),
    ],
)
def test_the_statement_follows_the_verdict(verdict: Verdict, statement: Any, tmp_path: Path) -> None:
    case = "toy/test_1.py::test_x"
    bundle = made_up(tmp_path / "run-x", [result(case, verdict)], {case: ["T-1"]}, requirements=[requirement("T-1")])
    (path,) = issue(bundle, tmp_path)
    told = squeezed(" ".join(pages(path)[:3]))
    middle = statement.en.partition("{product}")[2].partition("{profile}")[0]
    assert squeezed(f"{middle}Toy profile 1.0") in told
    others = {printed.CONFORMS, printed.DOES_NOT_CONFORM} - {statement}
    assert not [
        s for s in others if squeezed(f"2.1.0{s.en.partition('{product}')[2].partition('{profile}')[0]}") in told
    ]


def test_the_same_gives_the_same_octets(toy_bundle: Bundle, tmp_path: Path, issued: dict[str, Path]) -> None:
    again = issue(toy_bundle, tmp_path, ("zh", "en"), proof_file(tmp_path), AMENDMENT)
    assert [path.read_bytes() for path in again] == [issued["zh"].read_bytes(), issued["en"].read_bytes()]


def test_a_killed_run_has_a_report_that_says_so(tmp_path: Path) -> None:
    case = "toy/test_1.py::test_x"
    bundle = made_up(tmp_path / "run-x", [], {case: ["T-1"]}, end=False)
    (path,) = issue(bundle, tmp_path)
    assert "Incomplete" in pages(path)[0]


def test_it_is_an_archive_document(issued: dict[str, Path]) -> None:
    for language, path in issued.items():
        reader = pypdf.PdfReader(path)
        root = reader.trailer["/Root"]
        metadata = root["/Metadata"].get_data().decode()
        assert "<pdfaid:part>2</pdfaid:part>" in metadata
        assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
        assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
        assert str(root["/Lang"]).startswith(language)
        assert "EL-2026-0417" in reader.metadata.title
        assert not reader.is_encrypted
        assert path.read_bytes().endswith(b"%%EOF\n"), "a signature would begin on the last line"
        assert {font["/Subtype"] for page in reader.pages for font in fonts_of(page)} == {"/Type0"}
        assert all("/FontFile2" in d or "/FontFile3" in d for page in reader.pages for d in descriptors(page))


def fonts_of(page: Any) -> list[Any]:
    return [font.get_object() for font in page["/Resources"].get("/Font", {}).values()]


def descriptors(page: Any) -> list[Any]:
    return [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts_of(page)]


@pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is missing")
def test_qpdf_finds_nothing_wrong(issued: dict[str, Path]) -> None:
    for path in issued.values():
        done = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_verapdf_finds_nothing_wrong(issued: dict[str, Path], tmp_path: Path) -> None:
    if not shutil.which("java") or not list((VERAPDF / "lib").glob("validation-model-*.jar")):
        pytest.skip(f"veraPDF is missing; get it with: mvn -q -f {VERAPDF.name}/pom.xml dependency:copy-dependencies")
    (hostile,) = issue(hostile_bundle(tmp_path / "run-x", "".join(HOSTILE.values())[:20_000]), tmp_path)
    signed = tmp_path / "signed.pdf"
    signed.write_bytes(sign_pdf(issued["zh"].read_bytes(), new_key(tmp_path / "keys")))
    files = [str(path) for path in (*issued.values(), hostile, signed)]
    done = subprocess.run(
        ["java", "-cp", f"{VERAPDF}/lib/*", str(VERAPDF / "Validate.java"), *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-2_000:]
    assert done.stdout.count("\n") == len(files)


MARKUP = {
    "typst": '#panic("owned") #image("/etc/passwd") *b* _i_ $x^2$ @ref <a> `raw` // c /* c */ \\u{41} #sys.inputs ] }',
    "latex": "\\input{/etc/passwd} \\write18{id} $\\frac{1}{2}$ % comment {\\bf x} ~ ^ &",
    "json": '"}], "sections": [], "x": "',
    "blanks": "{n} {m} {id} {product} {profile} {day}",
}


@pytest.mark.parametrize("name", [*(name for name in HOSTILE if name != "plain"), *MARKUP])
def test_no_text_changes_the_report_around_it(name: str, tmp_path: Path, plain_pages: list[str]) -> None:
    text = {**HOSTILE, **MARKUP}[name]
    (path,) = issue(hostile_bundle(tmp_path / "run-x", text), tmp_path)
    told = pages(path)
    assert headings(told) == headings(plain_pages)
    assert "End of test report EL-2026-0417" in told[-1]
    assert path.stat().st_size < 2_000_000
    assert len(told) < 40


@pytest.fixture(scope="module")
def plain_pages(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = Path(tmp_path_factory.mktemp("plain"))
    (path,) = issue(hostile_bundle(folder / "run-x", HOSTILE["plain"]), folder)
    return pages(path)


def headings(told: list[str]) -> list[str]:
    """The table of contents, without its page numbers."""
    page = next(page for page in told if " Contents 1 Result" in page)
    return re.findall(r"\d+ ([A-Z][A-Za-z, ]+?) ?[. ]{4,}", page)


@pytest.mark.parametrize("name", MARKUP)
def test_markup_is_printed_as_it_stands(name: str, tmp_path: Path) -> None:
    (path,) = issue(hostile_bundle(tmp_path / "run-x", MARKUP[name]), tmp_path)
    assert squeezed(MARKUP[name]) in squeezed(" ".join(pages(path)))


def test_a_hostile_laboratory_is_printed_as_it_stands(toy_bundle: Bundle, tmp_path: Path) -> None:
    text = '#panic("x") *b* $x$ {n}'

    def change(said: str) -> str:
        return said.replace('name = "A. Example"', f"name = '{text}'").replace('name_zh = "示例"\n', "")

    laboratory = load_laboratory(laboratory_file(toy_bundle, tmp_path, change))
    (path,) = write_pdf(toy_bundle, tmp_path, laboratory, None, ["en"])
    assert squeezed(text) in squeezed(pages(path)[0])


def test_a_signed_report_is_left_as_it_is(toy_bundle: Bundle, tmp_path: Path) -> None:
    (path,) = issue(toy_bundle, tmp_path, electronic=True)
    signed = path.read_bytes() + b"\n/ByteRange [0 1 2 3]\n%%EOF\n"
    path.write_bytes(signed)
    assert issue(toy_bundle, tmp_path) == [path]
    assert path.read_bytes() == signed
    with pytest.raises(InputError, match="this is another report, and it is signed"):
        issue(toy_bundle, tmp_path, more=AMENDMENT)
    assert path.read_bytes() == signed


def test_a_laboratory_file_of_another_run_is_refused_before_anything_is_written(
    toy_bundle: Bundle, tmp_path: Path
) -> None:
    day = datetime.date.fromisoformat(toy_bundle.records[0]["at"][:10])
    earlier = {f'began = "{day}"': day - datetime.timedelta(9), f'ended = "{day}"': day - datetime.timedelta(8)}

    def change(text: str) -> str:
        for was, now in earlier.items():
            text = text.replace(was, f'{was.partition(" ")[0]} = "{now}"')
        return text

    laboratory = load_laboratory(laboratory_file(toy_bundle, tmp_path, change))
    with pytest.raises(InputError, match="'ended' is"):
        write_pdf(toy_bundle, tmp_path / "out", laboratory)
    assert not (tmp_path / "out").exists()


def test_without_a_laboratory_there_is_no_pdf(toy_bundle: Bundle, tmp_path: Path) -> None:
    ((_, error),) = reports.write(toy_bundle, ["pdf"], tmp_path)
    assert isinstance(error, reports.ReportError)
    assert "--laboratory" in str(error)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_font_or_typst_is_told_with_its_cure(
    monkeypatch: pytest.MonkeyPatch, toy_bundle: Bundle, tmp_path: Path
) -> None:
    monkeypatch.setattr(fonts, "find_spec", lambda name: None)
    monkeypatch.setattr(fonts, "SYSTEM", (tmp_path,))
    fonts.font.cache_clear()
    with pytest.raises(InputError, match="Noto Sans CJK is not installed") as caught:
        issue(toy_bundle, tmp_path)
    assert "fonts-noto-cjk" in str(caught.value)
    monkeypatch.undo()
    fonts.font.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    with pytest.raises(InputError, match="'typst' is not installed"):
        issue(toy_bundle, tmp_path)


def test_the_font_of_the_system_does_as_well(
    monkeypatch: pytest.MonkeyPatch, toy_bundle: Bundle, tmp_path: Path
) -> None:
    if not list(fonts.SYSTEM[0].glob(fonts.PATTERN)):
        pytest.skip("the system has no Noto Sans CJK")
    monkeypatch.setattr(fonts, "find_spec", lambda name: None)
    fonts.font.cache_clear()
    (path,) = issue(toy_bundle, tmp_path)
    fonts.font.cache_clear()
    assert "Test report" in pages(path)[0]


def test_every_word_is_there_in_both_languages() -> None:
    said = [value for value in vars(printed).values() if isinstance(value, printed.Said)]
    assert len(said) > 60
    for one in said:
        assert re.search(r"[\u4e00-\u9fff]", one.zh), one
        assert set(re.findall(r"\{\w+\}", one.en)) == set(re.findall(r"\{\w+\}", one.zh)), one


def test_the_process_that_sets_it_needs_nothing_of_ours() -> None:
    source = typesetting.COMPOSE.read_text("utf-8")
    assert not re.search(r"^\s*from \.|import (reports|conformance|profiles)", source, re.MULTILINE)
    assert os.access(typesetting.TEMPLATE, os.R_OK)
    assert len(REQUIREMENTS) == 9
