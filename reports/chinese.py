"""In Chinese what the engine says of a case in words of its own, such as "expected PUBLISH, got nothing for 2 s".

What a suite says stays in the suite's own words, and a report quotes it.
"""

import re

from .model import Attempt, Said

_WHOLE = {
    "silence": "没有任何响应",
    "the connection closed": "连接关闭",
    "the product died": "产品停止工作",
    "a product that runs on": "产品继续运行",
    "its process has ended": "其进程已结束",
    "a product that serves a fresh session afterwards": "产品此后仍接受新会话",
    "the case did not end before its deadline": "用例未在期限内结束",
    "nothing was recorded: the product was gone": "没有记录：产品已无法访问",
}
_FORMS = (
    (re.compile(r"nothing for ([\d.e+-]+) s"), "{0} 秒内没有收到任何内容"),
    (re.compile(r"no close for ([\d.e+-]+) s"), "{0} 秒内连接未关闭"),
    (re.compile(r"the connection closed \((FIN|RESET)\)"), "连接关闭（{0}）"),
    (re.compile(r"expected (.+?), got (.+)", re.DOTALL), "预期 {0}，实际 {1}"),
    (re.compile(r"before the case proper: (.+)", re.DOTALL), "在用例正式开始之前：{0}"),
    (re.compile(r"no connection to (\S+): (.+)", re.DOTALL), "无法连接 {0}：{1}"),
    (
        re.compile(r"the product died: afterwards it took no fresh session \((.+)\)", re.DOTALL),
        "产品停止工作：此后未接受新会话（{0}）",
    ),
    (
        re.compile(r"(.+) \(this machine ran ([\d.]+) s late, so the time is not judged\)", re.DOTALL),
        "{0}（测试机延迟 {1} 秒，因此不判定时间）",
    ),
)
_DEEPEST = 3
_LONGEST = 2_000


def chinese(text: str, depth: int = _DEEPEST) -> str:
    """The text in Chinese as far as its words are the engine's; where none are, the text itself."""
    if (whole := _WHOLE.get(text)) is not None:
        return whole
    if depth and len(text) <= _LONGEST:
        for form, said in _FORMS:
            if found := form.fullmatch(text):
                return said.format(*(chinese(part, depth - 1) for part in found.groups()))
        parts = text.split(" or ")
        if not _WHOLE.keys().isdisjoint(parts):
            return " 或 ".join(_WHOLE.get(part, part) for part in parts)
    return text


def told(text: str | None) -> Said:
    """What a case expected or got, in both languages as far as that goes."""
    return Said(text or "", chinese(text or ""))


def summary(attempt: Attempt) -> Said:
    """What came of an attempt, as the suite says it in Chinese, else as the engine does."""
    return Said(attempt.summary, attempt.summary_zh or chinese(attempt.summary))


def is_chinese(text: str) -> bool:
    """Whether any of a text is written in Chinese characters."""
    return any("\u4e00" <= char <= "\u9fff" for char in text)
