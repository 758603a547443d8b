"""The certificate as a page to print: HTML that loads nothing, in English and Chinese, with a QR code.

It is made from the credential alone and only shows what that says; the credential is what counts. The QR code holds the
id and the SHA-256 of the credential's file.
"""

import hashlib
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from ..html.words import VERDICTS
from ..model import Said
from ..needs import need
from ..rollup import CONFORMS
from ..text import one_line, shortened
from . import jose

STYLE = Path(__file__).with_name("certificate.css")
TEXT_LIMIT = 2_000
TITLE = Said("Certificate of conformity", "符合性证书")
WORDS = {
    "id": Said("Certificate", "证书编号"),
    "product": Said("Product", "产品"),
    "vendor": Said("Vendor", "制造商"),
    "version": Said("Version", "版本"),
    "hardware": Said("Hardware", "硬件版本"),
    "firmware": Said("Firmware", "固件版本"),
    "item": Said("Item tested", "被测样品"),
    "issued": Said("Issued", "签发日期"),
    "serial_number": Said("Serial number of the item tested", "被测样品序列号"),
    "firmwareSha256": Said("SHA-256 of the firmware", "固件 SHA-256"),
    "profile": Said("Profile", "行规"),
    "valid": Said("Valid", "有效期"),
    "issuer": Said("Issued by", "签发机构"),
    "accreditation": Said("Accreditation", "认可"),
    "tested": Said("Tested", "测试日期"),
    "report": Said("Test report", "测试报告"),
    "run": Said("Test record", "测试记录"),
    "rule": Said("Decision rule", "判定规则"),
    "signed": Said("Authorised by", "批准人"),
    "key": Said("Key of the issuer", "签发机构密钥"),
}
STANDARDS = Said("Standards and editions", "标准与版本")
REQUIREMENTS = Said("Requirements", "要求")
VERDICT = Said("conforms to the profile", "符合行规")
UNTIL = Said("until the beginning of", "至（不含当日）")
SCOPE = Said("Scope", "范围")
CONDITIONS = Said("Conditions", "条件")
CHECK = Said(
    "Check this certificate: iic-conform verify credential.jwt --trust KEY --status STATUS. The code holds its id and "
    "the SHA-256 of its file.",
    "核验本证书：iic-conform verify credential.jwt --trust KEY --status STATUS。二维码含证书编号及其文件的 SHA-256。",
)


def page(data: bytes) -> bytes:
    """The page of a credential, from its octets. Raises TokenError, and InputError where a library is missing."""
    token = jose.read(data)
    key = jose.issuer(token)
    content = token.payload
    digest = hashlib.sha256(data).hexdigest()
    subject = _table(content.get("credentialSubject"))
    body = "".join(
        (
            _head(content, digest),
            _facts(_rows(content, subject, key.keyid)),
            _standards(subject),
            _list(SCOPE, [subject.get("scope")]),
            _list(CONDITIONS, subject.get("conditions")),
            f"<footer>{_both(CHECK)}</footer>",
        )
    )
    title = f"{TITLE.en} {TITLE.zh}"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{STYLE.read_text(encoding='utf-8')}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    ).encode()


def code(name: str, digest: str) -> str:
    """What the QR code says."""
    return f"{name} sha256:{digest}"


def _head(content: Mapping[str, Any], digest: str) -> str:
    name = str(content.get("id") or "")
    qr = need("segno").make(code(name, digest), error="m", micro=False)
    drawn = qr.svg_inline(scale=3, border=2, omitsize=True, title=one_line(code(name, digest)))
    said = f"<p><code>{_plain(name)}</code><br>SHA-256 <code>{digest}</code></p>"
    verdict = _verdict(_table(content.get("credentialSubject")))
    return f"<header><div><h1>{_both(TITLE)}</h1>{verdict}{said}</div><figure>{drawn}</figure></header>"


def _verdict(subject: Mapping[str, Any]) -> str:
    """What is certified, before anything else."""
    product = _plain(" ".join(str(subject.get(name) or "") for name in ("name", "version")).strip())
    if subject.get("verdict") != CONFORMS:
        return f'<p class="verdict"><strong>{product}</strong> {_plain(subject.get("verdict"))}</p>'
    titles = {str(v.get("@language")): v.get("@value") for v in _tables(_table(subject.get("profile")).get("title"))}
    title_zh = titles.get("zh") or titles.get("en")
    said = Said(f"{VERDICT.en} {titles.get('en') or ''}".strip(), f"{VERDICT.zh} {title_zh or ''}".strip())
    both = " ".join(f'<span lang="{lang}">{_plain(text)}</span>' for lang, text in (("en", said.en), ("zh", said.zh)))
    return f'<p class="verdict"><strong>{product}</strong> {both}</p>'


def _rows(content: Mapping[str, Any], subject: Mapping[str, Any], keyid: str) -> Iterator[tuple[str, str]]:
    """The facts that stand in the table, as name and HTML."""
    issuer, profile, tested = (
        _table(t) for t in (content.get("issuer"), subject.get("profile"), subject.get("tested"))
    )
    yield "product", f"<strong>{_plain(subject.get('name'))}</strong>"
    yield "vendor", _plain(subject.get("vendor"))
    yield "version", _plain(subject.get("version"))
    for name in ("hardware", "firmware", "serial_number"):
        yield name, _plain(subject.get(name))
    yield "firmwareSha256", _code(subject.get("firmwareSha256"))
    yield "item", _said(subject.get("itemIdentification"))
    yield "profile", f"{_said(profile.get('title'))} ({_plain(profile.get('id'))} {_plain(profile.get('version'))})"
    since, until = (_day(content.get(name)) for name in ("validFrom", "validUntil"))
    yield "issued", since
    yield "valid", f"{since} {_both(UNTIL)} {until} (UTC)"
    yield "issuer", f"{_said(issuer.get('name'))}<br>{_said(issuer.get('address'))}"
    accreditation = _table(issuer.get("accreditation"))
    yield "accreditation", f"{_said(accreditation.get('body'))} {_plain(accreditation.get('number'))}".strip()
    yield "tested", f"{_plain(tested.get('began'))} – {_plain(tested.get('ended'))}"
    for record in _tables(content.get("evidence")):
        yield "report", _plain(record.get("testReport"))
        yield "run", f"{_plain(record.get('run'))}<br>{_code(record.get('manifestSha256'))}"
    yield "rule", _said(subject.get("decisionRule"))
    people = [f"{_said(p.get('name'))}, {_said(p.get('function'))}" for p in _tables(subject.get("authorisedBy"))]
    yield "signed", "<br>".join(people)
    yield "key", f"<code>{keyid}</code>"


def _facts(rows: Iterator[tuple[str, str]]) -> str:
    lines = [f"<tr><th>{_both(WORDS[name])}</th><td>{html}</td></tr>" for name, html in rows if html]
    return f"<table>{''.join(lines)}</table>"


def _standards(subject: Mapping[str, Any]) -> str:
    heads = f"<tr><th>{_both(STANDARDS)}</th><th></th><th>{_both(REQUIREMENTS)}</th></tr>"
    return f"<table>{heads}{''.join(map(_standard, _tables(subject.get('standards'))))}</table>"


def _standard(row: Mapping[str, Any]) -> str:
    title = f"{_said(row.get('title'))}<br><code>{_plain(row.get('standard'))}</code>"
    edition = f"{_plain(row.get('issuer'))}, {_plain(row.get('edition'))}"
    return f"<tr><td>{title}</td><td>{edition}</td><td>{_counts(_table(row.get('requirements')))}</td></tr>"


def _counts(counts: Mapping[str, Any]) -> str:
    """How many requirements have which verdict, the best known first."""
    lines = [
        f"{_both(said)} {_plain(counts.get(str(verdict)))}"
        for verdict, said in VERDICTS.items()
        if counts.get(str(verdict))
    ]
    return "<br>".join(lines)


def _list(title: Said, values: Any) -> str:
    items = "".join(f"<li>{_said(value)}</li>" for value in values if value) if isinstance(values, list) else ""
    return f"<h2>{_both(title)}</h2><ul>{items}</ul>" if items else ""


def _said(value: Any) -> str:
    """A text of a credential in its languages."""
    texts = [(str(v.get("@value") or ""), str(v.get("@language") or "")) for v in _tables(value)]
    return " ".join(f'<span lang="{escape(language)}">{_plain(text)}</span>' for text, language in texts if text)


def _both(said: Said) -> str:
    return f'<span lang="en">{escape(said.en)}</span> <span lang="zh">{escape(said.zh)}</span>'


def _plain(value: Any) -> str:
    """A text of somebody else, harmless."""
    return escape(one_line(shortened(str(value), TEXT_LIMIT))) if value else ""


def _code(value: Any) -> str:
    return f"<code>{_plain(value)}</code>" if value else ""


def _day(value: Any) -> str:
    return _plain(str(value or "")[:10])


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _tables(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
