"""Every word of the report, in English and in Chinese."""

from conformance.engine.verdict import Verdict

from ..model import Said
from ..rollup import CONFORMS, DOES_NOT_CONFORM, INCOMPLETE, INCONCLUSIVE

ORDER = (
    Verdict.PASS,
    Verdict.FAIL,
    Verdict.WARNING,
    Verdict.ERROR,
    Verdict.INCONCLUSIVE,
    Verdict.NEEDS_REVIEW,
    Verdict.NOT_TESTED,
    Verdict.NOT_APPLICABLE,
)
"""How verdicts follow each other wherever all of them are shown."""

VERDICTS = {
    Verdict.PASS: Said("pass", "通过"),
    Verdict.FAIL: Said("fail", "不通过"),
    Verdict.WARNING: Said("warning", "警告"),
    Verdict.ERROR: Said("error", "工具错误"),
    Verdict.INCONCLUSIVE: Said("inconclusive", "无法判定"),
    Verdict.NEEDS_REVIEW: Said("needs review", "待评审"),
    Verdict.NOT_TESTED: Said("not tested", "未测试"),
    Verdict.NOT_APPLICABLE: Said("not applicable", "不适用"),
}
PRODUCT = {
    CONFORMS: Said("Conforms", "符合"),
    DOES_NOT_CONFORM: Said("Does not conform", "不符合"),
    INCONCLUSIVE: Said("Inconclusive", "无法判定"),
    INCOMPLETE: Said("Incomplete", "不完整"),
}
MEANINGS = {
    CONFORMS: Said(
        "Every binding requirement of the profile that applies to the product passed.",
        "行规中适用于该产品的所有强制要求均已通过。",
    ),
    DOES_NOT_CONFORM: Said(
        "At least one binding requirement of the profile failed.", "行规中至少有一项强制要求未通过。"
    ),
    INCONCLUSIVE: Said(
        "Nothing binding failed, yet not everything that binds the product was judged.",
        "没有强制要求不通过，但并非所有适用的强制要求都得到判定。",
    ),
    INCOMPLETE: Said(
        "The record of the run has gaps, so it says nothing about the product as a whole.",
        "运行记录不完整，因此不能对产品整体作出结论。",
    ),
}
WORDINGS = {
    "lower-case": Said("written without the keyword in capitals", "标准中关键词未大写"),
    "stated": Said("stated as a fact, without a keyword", "以陈述方式规定，无关键词"),
    "derived": Said("derived: follows from the standard, not written in it", "推导：由标准得出，未明文规定"),
}
SOURCES = {
    "normative": Said("normative text", "规范性文本"),
    "vendor-documented": Said("documented by vendors", "厂商文档"),
    "checklist": Said("checklist", "检查表"),
}
WAYS = {
    "sent": Said("→ sent", "→ 发送"),
    "received": Said("← received", "← 接收"),
    "ours": Said("→ stream", "→ 连接"),
    "theirs": Said("← stream", "← 连接"),
    "neither": Said("· stream", "· 连接"),
}

TITLE = Said("Conformance report", "符合性测试报告")
SKIP = Said("Skip to the content", "跳到正文")
LANGUAGE = Said("Language", "语言")
CONTENTS = Said("Contents", "目录")
SUMMARY = Said("Summary", "摘要")
AGAINST = Said("judged against the profile", "所依据的行规")
TOTALS = Said("Totals", "统计")
FINDINGS = Said("Findings", "不符合项")
WARNINGS = Said("Warnings", "警告")
OPEN = Said("Could not be judged", "无法判定的要求")
REVIEW = Said("To be reviewed by a person", "待人工评审")
NOT_TESTED = Said("Not tested, and why", "未测试的内容及原因")
NOT_APPLICABLE = Said("Not applicable, and why", "不适用的内容及原因")
MATRIX = Said("All requirements", "全部要求")
NOTES = Said("Notes", "备注")
PRODUCT_HEAD = Said("Product", "产品")
ENVIRONMENT = Said("Environment and digests", "环境与摘要值")
METHOD = Said("How verdicts come about", "判定方法")

NAVIGATION = {
    "totals": TOTALS,
    "findings": FINDINGS,
    "warnings": WARNINGS,
    "open": Said("Not judged", "无法判定"),
    "review": Said("Review", "评审"),
    "not-tested": Said("Not tested", "未测试"),
    "matrix": Said("Requirements", "要求"),
    "notes": NOTES,
    "environment": Said("Environment", "环境"),
}

REQUIREMENT = Said("Requirement", "要求")
REQUIREMENTS = Said("Requirements", "要求")
CASES = Said("Cases", "用例")
CASE = Said("Case", "用例")
VERDICT = Said("Verdict", "判定")
LEVEL = Said("Level", "级别")
CLAUSE = Said("Clause", "条款")
STANDARD = Said("Standard", "标准")
TOTAL = Said("Total", "合计")
BY_STANDARD = Said("Verdicts by standard and level", "按标准和级别统计的判定")
SHARE = Said("Share", "占比")
EXPECTED = Said("Expected", "预期")
GOT = Said("Got", "实际")
WHAT = Said("What happened", "情况")
MESSAGES = Said("Messages exchanged", "交换的报文")
TIME = Said("Time", "时间")
WAY = Said("Way", "方向")
MESSAGE = Said("Message", "报文")
CAPTURE = Said("packet capture", "抓包文件")
TRANSCRIPT = Said("transcript", "交互记录")
NO_EVIDENCE = Said("the evidence is missing from the bundle or was altered", "测试包中缺少该证据，或其内容已被改动")
NO_MESSAGES = Said("Nothing was exchanged.", "没有交换任何报文。")
TRUNCATED = Said("More was exchanged than is kept.", "交换的内容多于所保留的部分。")
REJUDGE = Said("Judge the record again", "根据记录重新判定")
RUN_AGAIN = Said("Run it again", "重新运行")
REASON = Said("Reason", "原因")
SAYS = Said("What it says, and its cases", "内容与用例")
DETAIL = Said("Detail", "详情")
INTERPRETATION = Said("Interpretation", "解释")
COPY = Said("Copy", "复制")
COPIED = Said("Copied", "已复制")

ALIKE_SHOWN = 3
"""Of the cases of one test that failed with one requirement, so many are told in full."""
QUOTED_ZH = "用例标题、期望与实测为测试工具原文（英文）；凡有中文表述者以中文给出。"
"""What only the Chinese edition has to say, at the head of a part that quotes cases."""
NO_FINDINGS = Said("No binding requirement failed.", "没有强制要求不通过。")
WARNINGS_ARE = Said(
    "These departures do not fail the product: they concern a SHOULD or a MAY, a requirement that is derived, or one "
    "that rests on an interpretation.",
    "以下偏离不会导致产品不符合：它们涉及 SHOULD 或 MAY 级要求、推导得出的要求，或依赖解释的要求。",
)
OPEN_ARE = Said(
    "The question of these requirements was not reached: a step before it failed, the product went away, the machine "
    "that tests was too slow, or the harness itself erred.",
    "这些要求未能得到判定：前置步骤失败、产品失去响应、测试机过慢，或测试工具自身出错。",
)
NOT_TESTED_ARE = Said(
    "Nothing is known about these requirements from this run. They never count as passed.",
    "本次运行未得出这些要求的任何结论。它们不会计为通过。",
)
NOT_APPLICABLE_ARE = Said(
    "The product does not claim what these requirements are about, or the test found that it lacks it; the reason "
    "stands beside each. They do not count.",
    "产品未声明这些要求所涉及的功能，或测试中发现其不具备该功能；理由列于各项。它们不计入结果。",
)
LEFT_OUT = Said("Cases that this run did without", "本次运行未包含的用例")
NO_ROWS = Said("No requirement fits this filter.", "没有符合筛选条件的要求。")

SEARCH = Said("Search", "搜索")
SEARCH_HINT = Said("id, clause, text or case", "编号、条款、文本或用例")
ALL = Said("all", "全部")
RESET = Said("Show all", "显示全部")
SHOW = Said("Show", "显示")
FILTER = Said("Filter the requirements", "筛选要求")

RUN = Said("Run", "运行编号")
STARTED = Said("Started", "开始时间")
FINISHED = Said("Finished", "结束时间")
TOOK = Said("Took", "耗时")
SEED = Said("Seed", "随机种子")
TESTBED = Said("Testbed", "测试台")
OPTIONS = Said("Options", "选项")
HARNESS = Said("Harness", "测试工具")
HOST = Said("Host", "主机")
SUITES = Said("Suites", "测试套件")
PROFILE = Said("Profile", "行规")
CATALOGUES = Said("Standards", "标准")
VENDOR = Said("Vendor", "厂商")
NAME = Said("Name", "名称")
VERSION = Said("Version", "版本")
CLAIMS = Said("Claims", "声明（ICS）")
IXIT = Said("Access data", "接入数据（IXIT）")
EVENTS = Said("What happened to the run", "运行过程中的事件")
JOURNAL = Said("Last record of the journal (SHA-256)", "日志最后一条记录（SHA-256）")
MANIFEST = Said("Manifest (SHA-256)", "清单（SHA-256）")
NO_MANIFEST = Said("none: the run did not come to its end", "无：运行没有结束")
PACKAGES = Said("Packages", "软件包")

METHOD_TEXT = (
    Said(
        "A case passes, fails, or stays inconclusive; of several attempts the worst counts, and a later pass hides "
        "nothing. A requirement fails when any of its cases failed. It passes only when at least one case passed and "
        "none failed, was inconclusive or did not run.",
        "用例的结果为通过、不通过或无法判定；多次尝试时以最差者为准，后来的通过不会掩盖先前的失败。"
        "任一用例失败，则要求不通过；只有至少一个用例通过，且没有用例失败、无法判定或未运行时，要求才通过。",
    ),
    Said(
        "The product conforms only when every applicable MUST passed and every review is closed. Only what the product "
        "did can fail it; what the harness or its machine did leaves a requirement open.",
        "只有所有适用的 MUST 均通过且所有评审均已完成，产品才符合。只有产品自身的行为会导致不通过；"
        "由测试工具或测试机引起的问题只会使要求处于未决状态。",
    ),
    Said(
        "Requirements are told in the words of the catalogue. The clause of the standard decides.",
        "要求以目录自身的措辞表述，以标准条款原文为准。",
    ),
)


def count(n: int, one: str, more: str, zh: str) -> Said:
    """A number of things."""
    return Said(f"{n:,} {one if n == 1 else more}", f"{n:,} {zh}")
