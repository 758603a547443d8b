"""Packages of third parties as an installer leaves them: package and entry points in a folder for `PYTHONPATH`."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import dedent

from .processes import ROOT

SUITE = {
    "__init__.py": '"""A protocol of lines."""\n',
    "provide.py": '''
        """The protocol of lines: each line is one message."""
        from conformance.engine import Case, Channel, provider

        STANDARDS = ("lines-1/server",)

        class Line(str):
            def __bytes__(self):
                return self.encode() + b"\\n"

        def decode(data):
            text, end, rest = data.partition(b"\\n")
            return (Line(text.decode("utf-8", "replace")), rest) if end else (None, data)

        @provider
        async def line(case: Case) -> Channel:
            return await case.channel(case.address(), decode)
        ''',
    "reference.py": '''
        """Says every line again, and leaves at `quit`."""
        from conformance.engine.reference import Answering

        from .provide import Line, decode

        NAME = "lines"

        class Reference(Answering, decode=decode):
            def answer(self, line):
                return None if line == "quit" else Line(line)
        ''',
    "liner.toml": """
        [profile]
        id = "liner"
        title = "Liner"
        title_zh = "行"
        version = "1"
        summary = "A server that repeats lines."
        summary_zh = "重复各行的服务器。"
        reference = "lines"
        [[catalogue]]
        standard = "lines-1"
        role = "server"
        """,
}
"""The files of a suite without cases: `lines`, with its profile `liner`."""

CATALOGUE = """
[standard]
id = "lines-1"
role = "server"
title = "Lines, server"
title_zh = "行协议，服务端"
issuer = "Nobody"
edition = "1"
source = "normative"
"""


def install(folder: Path, package: str, files: Mapping[str, str], groups: Mapping[str, Mapping[str, str]]) -> Path:
    """Put a package with entry points (group to names to values) into a folder."""
    for name, text in files.items():
        path = folder / package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    about = folder / f"{package}-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1\n", encoding="utf-8")
    lines = []
    for group, points in groups.items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
    (about / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def install_suite(folder: Path, cases: str, ids: Iterable[str] = ("L-1",), **more: str) -> Path:
    """Put the suite `lines` into a folder, with these cases and requirements, and further files of the package."""
    requirements = "".join(
        f'[[requirement]]\nid = "{id_}"\nclause = "{n}"\nlevel = "MUST"\n'
        f'text = "What {id_} says."\ntext_zh = "{id_}。"\n'
        for n, id_ in enumerate(ids, 1)
    )
    head = "import pytest\nfrom conformance.engine import *\nfrom .provide import *\n"
    files = {**SUITE, "lines-1-server.toml": CATALOGUE + requirements, "test_1_lines.py": head + dedent(cases), **more}
    groups = {"iic_conform.suites": {"lines": "lines"}, "iic_conform.profiles": {"lines": "lines"}}
    return install(folder, "lines", files, groups)


def environment(*folders: Path) -> dict[str, str]:
    """The environment variables with which a program finds what lies in these folders, and us."""
    return {"PYTHONPATH": os.pathsep.join(map(str, [*folders, ROOT]))}
