"""A badge for the vendor's site: an SVG to show, and a JSON document for machines (`schemas/badge.json`).

The badge says what the run says, and no more: it is no certificate. The JSON names the manifest's digest, so that
whoever has the bundle can check that both belong together.
"""

import hashlib
import unicodedata
from html import escape
from pathlib import Path
from typing import Any

from conformance.engine.bundle import Bundle, dump, write_synced

from .html.words import PRODUCT
from .identity import line, moment
from .model import Said
from .rollup import CONFORMS, DOES_NOT_CONFORM, INCOMPLETE, INCONCLUSIVE, Result, roll_up

VERSION = 1
COLOURS = {CONFORMS: "#1b6e43", DOES_NOT_CONFORM: "#b3261e", INCONCLUSIVE: "#6440a0", INCOMPLETE: "#4d6074"}
LABEL_LIMIT = 40
TITLE_LIMIT = 160
HEIGHT = 20
PAD = 8


def write(bundle: Bundle, directory: Path) -> list[Path]:
    """Write `badge.svg`, `badge-zh.svg` and `badge.json`."""
    result = roll_up(bundle)
    said = PRODUCT[result.verdict]
    written = {
        "badge.svg": svg(result, said.en.lower(), chinese=False).encode(),
        "badge-zh.svg": svg(result, said.zh, chinese=True).encode(),
        "badge.json": dump(summary(result, bundle)),
    }
    for name, data in written.items():
        write_synced(directory / name, data)
    return [directory / name for name in written]


def summary(result: Result, bundle: Bundle) -> dict[str, Any]:
    """The result in a few facts; the first four are what badge servers read."""
    run = result.run
    return {
        "schemaVersion": 1,
        "label": _label(result).en,
        "message": PRODUCT[result.verdict].en.lower(),
        "color": COLOURS[result.verdict].lstrip("#"),
        "version": VERSION,
        "verdict": result.verdict,
        "product": {key: line(run.product.get(key) or "", TITLE_LIMIT) for key in ("vendor", "name", "version")},
        "profile": {
            "id": line(run.plan.get("profile") or "", TITLE_LIMIT),
            "version": line(run.profile.get("version") or "", 40),
            "title": line(run.profile.get("title") or "", TITLE_LIMIT),
            "title_zh": line(run.profile.get("title_zh") or "", TITLE_LIMIT),
        },
        "standards": [
            {name: line(head.get(name) or "", TITLE_LIMIT) for name in ("key", "title", "edition", "sha256")}
            for head in run.catalogues
        ],
        "requirements": result.counts["requirements"],
        "cases": result.counts["cases"],
        "tested": moment(run.finished or run.created),
        "run": line(run.id),
        "manifest_sha256": _manifest(bundle),
    }


def _manifest(bundle: Bundle) -> str | None:
    try:
        return hashlib.sha256((bundle.directory / "manifest.json").read_bytes()).hexdigest()
    except OSError:
        return None


def _label(result: Result) -> Said:
    profile = result.run.profile
    plain = str(result.run.plan.get("profile") or "iic-conform")
    en, zh = str(profile.get("title") or plain), str(profile.get("title_zh") or profile.get("title") or plain)
    return Said(_fitting(en), _fitting(zh))


def _fitting(text: str) -> str:
    return line(text, LABEL_LIMIT) if len(text) <= LABEL_LIMIT else line(text[: LABEL_LIMIT - 1]) + "…"


def svg(result: Result, word: str, *, chinese: bool) -> str:
    """The badge as SVG: no script, no style sheet, nothing from elsewhere."""
    label = _label(result).zh if chinese else _label(result).en
    left, right = (2 * PAD + width(text) for text in (label, word))
    product = line(result.run.plan.get("product") or "", TITLE_LIMIT)
    said = escape(": ".join(filter(None, (product, label, word))))
    whole = left + right
    font = "Verdana,DejaVu Sans,Noto Sans CJK SC,Microsoft YaHei,sans-serif"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{HEIGHT}" role="img" aria-label="{said}">'
        f"<title>{said}</title>"
        f'<clipPath id="r"><rect width="{whole}" height="{HEIGHT}" rx="4"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left}" height="{HEIGHT}" fill="#17324d"/>'
        f'<rect x="{left}" width="{right}" height="{HEIGHT}" fill="{COLOURS[result.verdict]}"/></g>'
        f'<g fill="#fff" font-family="{font}" font-size="11">'
        f'<text x="{PAD}" y="14" textLength="{left - 2 * PAD}">{escape(label)}</text>'
        f'<text x="{left + PAD}" y="14" textLength="{right - 2 * PAD}" font-weight="bold">{escape(word)}</text>'
        "</g></svg>\n"
    )


def width(text: str) -> int:
    """About how many pixels a text takes at 11 pixels; the SVG makes it fit."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    narrow = sum(char in "ijlIt1.,:;'|!()[] " for char in text)
    return round(wide * 11.5 + narrow * 4.2 + (len(text) - wide - narrow) * 7.2)
