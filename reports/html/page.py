"""What every page of ours has: head, style, the bar at the top, and the choice between the two languages."""

import base64
import hashlib
from collections.abc import Sequence

from ..model import Said
from . import words
from .markup import Markup, el, text

ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='3' fill='%2317324d'/%3E"
    "%3Cpath d='M4 8.5l2.5 2.5L12 5.5' stroke='%23fff' stroke-width='2' fill='none'/%3E%3C/svg%3E"
)


def head(title: Said, style: str, script: str = "") -> Markup:
    """The head of a page. Its policy allows this style and this script, by their digests, and nothing else."""
    allowed = f"script-src '{_hash(script)}'; " if script else ""
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; {allowed}img-src data:; base-uri 'none'; form-action 'none'"
    )
    return el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", title.en, data_en=title.en, data_zh=title.zh),
        el("link", rel="icon", href=ICON),
        el("style", Markup(style)),
    )


def top(title: Said, links: Sequence[tuple[str, Said]]) -> Markup:
    """The bar with the links to the sections (id and name), and the languages, which the style alone switches."""
    return el(
        "header",
        el("p", text("iic-conform"), el("span", title), class_="brand"),
        el("nav", el("ul", [el("li", el("a", said, href=f"#{id_}")) for id_, said in links]),
           aria_label=words.CONTENTS.en, data_label_en=words.CONTENTS.en, data_label_zh=words.CONTENTS.zh),
        el(
            "fieldset",
            el("legend", words.LANGUAGE, class_="aside"),
            el("input", type="radio", name="language", id="lang-en", value="en", checked=True),
            el("label", text("English"), for_="lang-en"),
            el("input", type="radio", name="language", id="lang-zh", value="zh"),
            el("label", el("span", text("中文")), for_="lang-zh"),
            class_="language",
        ),
        class_="top",
    )  # fmt: skip


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
