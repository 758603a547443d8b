"""What the engine says of a case, in Chinese; what it did not say stays as it is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.verdict import Verdict
from reports.chinese import chinese, is_chinese, summary
from reports.model import Attempt


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nothing for 2.5 s", "2.5 秒内没有收到任何内容"),
        ("no close for 4 s", "4 秒内连接未关闭"),
        ("the connection closed (FIN)", "连接关闭（FIN）"),
        ("PUBLISH or the connection closed", "PUBLISH 或 连接关闭"),
        ("expected PUBLISH, got nothing for 2 s", "预期 PUBLISH，实际 2 秒内没有收到任何内容"),
        (
            "before the case proper: expected PUBACK, got the connection closed (RESET)",
            "在用例正式开始之前：预期 PUBACK，实际 连接关闭（RESET）",
        ),
        (
            "no close (this machine ran 0.30 s late, so the time is not judged)",
            "no close（测试机延迟 0.30 秒，因此不判定时间）",
        ),
        ("the suite's own words", "the suite's own words"),
        ("{0} {x}", "{0} {x}"),
        ("expected {0}, got {1}", "预期 {0}，实际 {1}"),
        ("", ""),
    ],
)
def test_words_of_the_engine(text: str, said: str) -> None:
    assert chinese(text) == said


@given(st.text(max_size=60).map(lambda text: f"expected {text}, got {text}" * 3))
def test_it_bears_whatever_a_product_says(text: str) -> None:
    assert isinstance(chinese(text), str)


def test_a_suite_that_speaks_chinese_is_heard_first() -> None:
    facts: dict[str, Any] = {
        "expected": None,
        "got": None,
        "transcript": None,
        "capture": None,
        "output": None,
        "detail": None,
    }
    attempt = Attempt(
        number=1, verdict=Verdict.FAIL, began_s=0, seconds=1, summary="silence", notes=(), lag_s=0, **facts
    )
    assert summary(attempt).zh == "没有任何响应"
    spoken = Attempt(**{**vars(attempt), "summary_zh": "套件自己的话"})
    assert (summary(spoken).en, summary(spoken).zh) == ("silence", "套件自己的话")


def test_what_is_chinese() -> None:
    assert is_chinese("报文 PUBLISH")
    assert not is_chinese("PUBLISH ™ é")
