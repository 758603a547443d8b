"""The page as it stands, before any script: complete, in both languages, and allowed to load nothing."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import reports
from conformance.engine.bundle import Bundle
from conformance.engine.choices import Choices
from conformance.engine.verdict import Verdict
from reports.html import words
from reports.html.markup import Markup, el
from reports.html.matrix import natural
from reports.rollup import roll_up

from .made import conversation, made_up, real_run, requirement, result, specs

VOID = {"meta", "link", "input", "br", "rect"}


class Node:
    def __init__(self, tag: str, attributes: dict[str, str | None], parent: "Node | None") -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.children: list[Node | str] = []

    def all(self, tag: str = "", **attributes: str) -> "list[Node]":
        found = [] if self.parent is None or (tag and self.tag != tag) else [self]
        found = [n for n in found if all(n.attributes.get(k.rstrip("_")) == v for k, v in attributes.items())]
        return found + [n for c in self.children if isinstance(c, Node) for n in c.all(tag, **attributes)]

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)

    def said(self, language: str) -> str:
        """The text that a reader of this language sees."""
        quoted = "quoted" in str(self.attributes.get("class") or "")
        if str(self.attributes.get("lang") or language)[:2] != language and self.tag != "html" and not quoted:
            return ""
        return "".join(c if isinstance(c, str) else c.said(language) for c in self.children)


class Tree(HTMLParser):
    """A strict reader: every element ends where it should."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = self.here = Node("", {}, None)
        self.feed(text)
        self.close()
        assert self.here is self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, dict(attrs), self.here)
        assert len(node.attributes) == len(attrs), "an attribute stands twice"
        self.here.children.append(node)
        if tag not in VOID:
            self.here = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.children.append(Node(tag, dict(attrs), self.here))

    def handle_endtag(self, tag: str) -> None:
        assert self.here.tag == tag
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def page(bundle: Bundle, directory: Path | None = None) -> Node:
    ((_, path),) = reports.write(bundle, ["html"], directory)
    assert isinstance(path, Path), path
    return Tree(path.read_text("utf-8")).root


@pytest.fixture(scope="module")
def toy(toy_bundle: Bundle) -> Node:
    return page(toy_bundle)


def part(root: Node, id_: str) -> Node:
    (found,) = root.all(id=id_)
    return found


def test_only_its_own_style_and_script_may_do_anything(toy: Node) -> None:
    (policy,) = [n for n in toy.all("meta") if n.attributes.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in str(policy.attributes["content"]).split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    for tag in ("style", "script"):
        (node,) = toy.all(tag)
        digest = base64.b64encode(hashlib.sha256(node.text.encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"
    head = toy.all("head")[0]
    assert head.children.index(policy) < head.children.index(toy.all("style")[0])


def test_nothing_in_it_names_another_place(toy: Node) -> None:
    for node in toy.all():
        for name, value in node.attributes.items():
            assert not name.startswith("on"), name
            assert name != "style"
            if name in ("href", "src", "action", "data"):
                assert re.match(r"#|data:|\.\./evidence/[0-9a-f]{64}$", str(value)), value
    for text in (toy.all("style")[0].text, toy.all("script")[0].text):
        assert not re.search(r"https?:|url\((?!#)|@import|fetch\(|XMLHttpRequest|import\(", text)


def test_the_verdict_comes_first_with_its_reasons_in_both_languages(toy: Node, toy_bundle: Bundle) -> None:
    verdict = part(toy, "verdict")
    result = roll_up(toy_bundle)
    assert verdict.said("en").startswith("Does not conform")
    assert verdict.said("zh").startswith("不符合")
    for reason in result.reasons:
        assert reason.en in verdict.said("en")
        assert reason.zh in verdict.said("zh")
    main = toy.all("main")[0]
    assert main.all("section")[0] is part(toy, "summary")


@pytest.mark.parametrize("verdict", ["conforms", "does not conform", "inconclusive", "incomplete"])
def test_every_verdict_has_its_words(tmp_path: Path, verdict: str) -> None:
    case = "toy/test_1.py::test_a"
    ends = {"conforms": Verdict.PASS, "does not conform": Verdict.FAIL, "inconclusive": Verdict.INCONCLUSIVE}
    rows = (requirement("T-1"),)
    given = [result(case, ends[verdict])] if verdict in ends else []
    root = page(made_up(tmp_path, given, {case: ["T-1"]}, requirements=rows, end=verdict != "incomplete"))
    said = part(root, "verdict")
    assert said.attributes["data-verdict"] == verdict
    assert said.said("en").lower().startswith(verdict)
    assert re.search(r"[\u4e00-\u9fff]", said.said("zh"))
    assert verdict in root.all("title")[0].text.lower()


def test_the_totals_are_those_of_the_roll_up(toy: Node, toy_bundle: Bundle) -> None:
    counts = roll_up(toy_bundle).counts["requirements"]
    shown = {n.attributes["data-only"]: int(n.all("b")[0].text) for n in part(toy, "key").all("a")}
    assert shown == {verdict: n for verdict, n in counts.items() if n}
    bars = [n for n in part(toy, "totals").all("svg") if n.attributes.get("role") == "img"]
    assert [bar.attributes["aria-labelledby"] for bar in bars] == ["key"]
    widths = [
        float(str(r.attributes["width"]).rstrip("%"))
        for r in bars[0].all("rect")
        if "hatch" not in str(r.attributes["class"])
    ]
    assert sum(widths) == pytest.approx(100, abs=0.01)


def test_a_finding_tells_all_there_is(toy: Node, toy_bundle: Bundle) -> None:
    (finding,) = part(toy, "findings").all("article")
    (end,) = toy_bundle.ends()["toy/test_1_toy.py::test_quit_closes"]
    said = finding.said("en")
    for wanted in (
        "T-2", "1.2", "MUST", "The product closes the connection when it is told to.", "the connection closed",
        "LINE quit", "→ sent", "← received", "iic-conform rejudge run-toy --select toy/test_1_toy.py::test_quit_closes",
        "iic-conform run toy-profile --select toy/test_1_toy.py::test_quit_closes --seed 7",
    ):  # fmt: skip
        assert wanted in said, wanted
    assert "T-2 的内容。" in finding.said("zh")
    links = {n.attributes["download"]: n.attributes["href"] for n in finding.all("a") if "download" in n.attributes}
    assert links == {
        "test_quit_closes.pcapng": f"../evidence/{end['capture']}",
        "test_quit_closes.json": f"../evidence/{end['transcript']}",
    }


def test_the_chinese_edition_marks_what_it_quotes(toy: Node) -> None:
    """What there is in English only is shown in both editions, as English, and the Chinese one says so."""
    findings = part(toy, "findings")
    title = findings.all("h4")[0]
    assert title.said("zh") == title.said("en") == "The product closes when told to; this one only repeats the word."
    assert [n.attributes["lang"] for n in title.all("bdi")] == ["en"]
    for id_ in ("findings", "warnings", "open", "matrix"):
        assert words.QUOTED_ZH in part(toy, id_).said("zh")
        assert words.QUOTED_ZH not in part(toy, id_).said("en")
    assert "连接关闭" in findings.said("zh")
    assert "the connection closed" not in findings.said("zh")


def test_a_reason_found_at_run_time_is_told_in_both_languages(toy: Node) -> None:
    section = part(toy, "not-applicable")
    assert "the product says that it has no option" in section.said("en")
    assert "产品声明没有该选项" in section.said("zh")
    assert "the product says" not in section.said("zh")


@pytest.mark.parametrize(("failing", "folded"), [(4, 0), (5, 2), (30, 27)])
def test_many_cases_that_differ_in_their_input_alone_are_folded(tmp_path: Path, failing: int, folded: int) -> None:
    names = [f"toy/test_1_toy.py::test_many[{n}]" for n in range(failing)]
    ends = [result(name, Verdict.FAIL, summary="no") for name in names]
    findings = part(page(made_up(tmp_path / "run-x", ends, dict.fromkeys(names, ("T-1",)))), "findings")
    inside = [n for fold in findings.all("details", class_="alike") for n in fold.all("section", class_="case")]
    assert len(inside) == folded
    assert len(findings.all("section", class_="case")) == failing
    shown = [fold.all("summary")[0].said("en") for fold in findings.all("details", class_="alike")]
    assert shown == ([f"{folded} more cases of this kind"] if folded else [])


def test_warnings_stand_apart(toy: Node) -> None:
    ids = [n.all("h3")[0].text for n in part(toy, "warnings").all("article")]
    assert ids == ["T-3", "T-9"]
    assert "T-3" not in part(toy, "findings").text


def test_what_was_not_tested_is_there_with_its_reason(toy: Node, tmp_path: Path) -> None:
    assert "it happens within the product" in part(toy, "not-tested").said("en")
    assert "发生在产品内部" in part(toy, "not-tested").said("zh")
    assert "fancy" in part(toy, "not-applicable").said("en")
    assert "T-7" in part(toy, "review").said("en")
    chosen = specs(["test_echo_comes_back", "test_quit_closes"], disruptive=["test_quit_closes"])
    left = part(page(real_run(tmp_path / "run-x", chosen)), "not-tested").said("en")
    assert "--allow-disruptive" in left
    assert "test_quit_closes" in left


def test_notes_product_environment_and_digests_are_there(toy: Node, toy_bundle: Bundle) -> None:
    assert "the product answers before it closes" in part(toy, "notes").said("en")
    environment = part(toy, "environment").said("en")
    manifest = (toy_bundle.directory / "manifest.json").read_bytes()
    assert hashlib.sha256(manifest).hexdigest() in environment
    assert toy_bundle.manifest
    assert toy_bundle.manifest["journal"]["last"] in environment
    assert toy_bundle.manifest["suites"][0]["sha256"] in environment
    assert "EG-100" in part(toy, "product").said("en")


def test_the_matrix_has_every_requirement_by_clause(toy: Node, toy_bundle: Bundle) -> None:
    rows = [n for n in part(toy, "matrix").all("tr") if "data-v" in n.attributes]
    verdicts = {r.id: str(r.verdict) for r in roll_up(toy_bundle).requirements}
    assert {n.all("th")[0].all("a")[0].text: n.attributes["data-v"] for n in rows} == verdicts
    clauses = [n.said("en") for n in part(toy, "matrix").all("caption")]
    assert clauses == [f"Clause {clause}" for clause in ("1.1", "1.2", "1.10", "2", "2.1", "2.2", "3")]


def test_each_link_within_the_page_leads_somewhere_and_ids_are_unique(toy: Node) -> None:
    ids = [n.attributes["id"] for n in toy.all() if "id" in n.attributes]
    assert len(ids) == len(set(ids))
    for node in toy.all("a"):
        href = str(node.attributes.get("href"))
        if href.startswith("#"):
            assert href[1:] in ids, href
    named = [n.attributes[a] for n in toy.all() for a in ("aria-labelledby", "for") if a in n.attributes]
    assert set(named) <= set(ids)


def test_everything_of_ours_is_in_both_languages(toy: Node) -> None:
    """What stands in one language alone is a number, a level, a name; or it is marked as a text that was supplied."""
    neutral = re.compile(r"[\d.,:()/·\s]*s?|(MUST|SHOULD|MAY)( NOT)?|English|中文|iic-conform( ·)?|toy-1/server")
    for node in toy.all("body")[0].all():
        own = "".join(c for c in node.children if isinstance(c, str)).strip()
        supplied = {"bdi", "code", "script", "option"} & {up.tag for up in (node, *ancestors(node))}
        spoken = any("lang" in up.attributes for up in (node, *ancestors(node)))
        assert supplied or spoken or neutral.fullmatch(own), (node.tag, own)


def ancestors(node: Node) -> list[Node]:
    found = []
    while node.parent is not None and node.parent.tag not in ("html", ""):
        node = node.parent
        found.append(node)
    return found


def test_evidence_that_is_gone_is_no_link(tmp_path: Path) -> None:
    case = "toy/test_1.py::test_a"
    bundle = made_up(
        tmp_path, [result(case, Verdict.FAIL, summary="no")], {case: ["T-1"]}, record=lambda r: conversation(r.case)
    )
    for path in (tmp_path / "evidence").iterdir():
        path.unlink()
    root = page(bundle)
    assert not [n for n in root.all("a") if "download" in n.attributes]
    assert "missing from the bundle" in part(root, "findings").said("en")


def test_a_report_elsewhere_links_to_the_evidence_of_the_bundle(toy_bundle: Bundle, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere"
    root = page(toy_bundle, out)
    links = [str(n.attributes["href"]) for n in root.all("a") if "download" in n.attributes]
    assert links
    assert all((out / link).resolve().is_file() for link in links)


def test_a_long_exchange_shows_its_beginning_and_its_end(tmp_path: Path) -> None:
    case = "toy/test_1.py::test_a"
    bundle = made_up(
        tmp_path,
        [result(case, Verdict.FAIL, summary="no")],
        {case: ["T-1"]},
        record=lambda r: conversation(r.case, 500),
    )
    (table,) = [n for n in page(bundle).all("table") if n.attributes.get("class") == "messages"]
    said = table.said("en")
    assert "LINE hello 0" in said
    assert "LINE hello 499" in said
    assert "LINE hello 200" not in said
    assert "922 messages not shown" in said


def test_clauses_are_ordered_as_people_count() -> None:
    wanted = ["", "1", "1.1", "1.2", "1.10", "2", "10", "A", "A.1", "B"]
    assert sorted(["B", "10", "1.10", "A.1", "2", "", "1.2", "A", "1", "1.1"], key=natural) == wanted


def test_only_markup_is_markup() -> None:
    assert el("p", "<b>", Markup("<i>x</i>"), title='"><') == '<p title="&quot;&gt;&lt;">&lt;b&gt;<i>x</i></p>'
    assert el("p", None, hidden=True, id=None, open=False) == "<p hidden></p>"


def test_a_run_is_repeated_as_it_was_ordered(tmp_path: Path) -> None:
    case = "toy/test_1.py::test_a[x y]"

    def order(documents: dict[str, dict[str, object]]) -> None:
        documents["plan.json"]["order"] = {"profile": "p.toml", "product": "my product.toml", "testbed": "bench"}

    ends = [result(case, Verdict.FAIL, summary="no")]
    said = part(page(made_up(tmp_path, ends, {case: ["T-1"]}, change=order)), "findings").said("en")
    assert "iic-conform run p.toml --product 'my product.toml' --testbed bench --select" in said
    assert "'toy/test_1.py::test_a[x y]' --seed 7" in said


def test_a_repeat_of_a_disruptive_case_asks_for_permission(tmp_path: Path) -> None:
    chosen = specs(["test_quit_closes"], disruptive=["test_quit_closes"])
    bundle = real_run(tmp_path / "run-x", chosen, choices=Choices(seed=7, allow_disruptive=True))
    assert "--seed 7 --allow-disruptive" in part(page(bundle), "findings").said("en")
