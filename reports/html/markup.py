"""HTML as values: what is text is escaped, once and always, and only what `el` made is markup."""

from collections.abc import Iterable
from html import escape

from ..chinese import is_chinese
from ..model import Said
from ..text import shortened, visible

CHINESE = "zh-Hans"
VOID = frozenset({"br", "col", "input", "link", "meta"})
CLOSED = frozenset({"rect"})
TEXT_LIMIT = 4_000


class Markup(str):
    """HTML that may be written as it is."""

    __slots__ = ()


Child = str | Said | Iterable["Child"] | None
"""Text (escaped), markup, a sentence in both languages, several of them, or nothing."""


def el(tag: str, *children: Child, **attributes: object) -> Markup:
    """An element. `class_` and `data_x` give the attributes class and data-x; None and False leave one away."""
    head = tag + "".join(_attribute(name, value) for name, value in attributes.items() if value not in (None, False))
    if tag in VOID:
        return Markup(f"<{head}>")
    return Markup(f"<{head}/>" if tag in CLOSED else f"<{head}>{many(*children)}</{tag}>")


def many(*children: Child) -> Markup:
    """Children side by side, without an element around them."""
    return Markup("".join(map(_child, children)))


def text(value: object, limit: int = TEXT_LIMIT) -> Markup:
    """A text on which nothing in it can act: markup, control characters and directions."""
    return Markup(escape(visible(shortened(str(value), limit))))


def foreign(value: object, limit: int = TEXT_LIMIT) -> Markup:
    """A text that the product or a stranger supplied, kept apart in its direction from what stands around it."""
    inner = text(value, limit)
    return Markup(f"<bdi>{inner}</bdi>") if inner else inner


def quoted(value: object, limit: int = TEXT_LIMIT) -> Markup:
    """A sentence of the harness that there is in English only: both editions show it, marked as what it is."""
    if is_chinese(str(value)):
        return foreign(value, limit)
    inner = text(value, limit)
    return Markup(f'<bdi lang="en" class="quoted">{inner}</bdi>') if inner else inner


def both(said: Said, tag: str = "span", **attributes: object) -> Markup:
    """A sentence in English and in Chinese, of which the reader sees one; what is the same in both is quoted."""
    if said.en == said.zh:
        return el(tag, quoted(said.en), **attributes) if said.en else Markup("")
    return many(el(tag, said.en, lang="en", **attributes), el(tag, said.zh, lang=CHINESE, **attributes))


def in_both(en: Child, zh: Child, tag: str = "span", **attributes: object) -> Markup:
    """Different content for each language."""
    return many(el(tag, en, lang="en", **attributes), el(tag, zh, lang=CHINESE, **attributes))


def _child(child: Child) -> str:
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return text(child)
    if isinstance(child, Said):
        return both(child)
    return "" if child is None else many(*child)


def _attribute(name: str, value: object) -> str:
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(visible(str(value), kept=""))}"'
