"""From a file to a checked document: bounded reading, TOML, JSON Schema, our own rules, a cache of what passed them."""

import hashlib
import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .problems import InputError

LARGEST_OCTETS = 4 * 2**20
DEEPEST = 24
LONG_KEY = re.compile(r"""(?<![\w"'.-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){24}""")
KEPT_FILES = 256
RULES = ("reading.py", "schema.py", "rules.py", "conditions.py", "secrets.py")
SYNTAX_CURES = (
    (
        r"Invalid value",
        'A text stands in plain quotes: key = "value"; true and false are written small; every [ has its ]',
    ),
    (r"Unterminated string|Illegal character '\\n'", "Close the quotes of the text"),
    (r"Illegal character", "Remove the control character, or write it as \\u0000"),
    (r"Unescaped", "Write \\\\ for a backslash, or put the text in single quotes"),
    (r"end of a table declaration", 'Put a name with / or . in quotes: [claims."mqtt-5.0/server"]'),
    (r"end of an array declaration", "Write two brackets on both sides: [[requirement]]"),
    (
        r"Cannot overwrite|Cannot declare|Cannot mutate",
        "Write each key and each table once; a list of tables has [[...]] each time",
    ),
    (r"Expected '='", 'Write key = "value"'),
    (r"Expected newline", 'Write one key = value a line; a quote inside a text is \\"; a date goes in quotes'),
)


@dataclass(frozen=True)
class Source:
    """One input file as read: `text` is its TOML, `sha256` the digest of its octets."""

    file: Path
    text: str
    sha256: str

    def error(self, where: str, what: str, cure: str) -> InputError:
        return InputError(self.file, where, what, cure)


def read(path: str | Path) -> Source:
    """Read a file of at most 4 MiB of UTF-8. Raises InputError."""
    file = Path(path)
    data = read_octets(file, LARGEST_OCTETS)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(file, str(line), "the file is not UTF-8", "Save it as UTF-8") from None
    return Source(file, text, hashlib.sha256(data).hexdigest())


def read_octets(file: Path, largest: int) -> bytes:
    """The octets of a regular file, never more than `largest`. Raises InputError."""
    try:
        with open(file, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise InputError(file, "", "this is not a regular file", "Name a file")
            data = stream.read(largest + 1)
    except (OSError, ValueError) as error:
        what = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise InputError(
            file, "", f"the file cannot be read: {what}", "Correct the path, or the permissions of the file"
        ) from None
    if len(data) > largest:
        raise InputError(
            file, "", f"the file is larger than {largest} octets", "Is it the right file? Split it if it is"
        )
    return data


def document(source: Source, kind: str) -> dict[str, Any]:
    """The checked content of a catalogue, profile or product file. Raises InputError with every problem found.

    What has passed once is kept in the user's cache under the digest of text and rules, and is not checked again.
    """
    key = _cache_key(source, kind)
    kept = _load(key) if key else None
    if kept is not None:
        return kept
    from .rules import problems

    content = parse(source)
    found = problems(kind, content, source)
    if found:
        raise InputError.of(found)
    if key:
        _keep(key, content)
    return content


def parse(source: Source) -> dict[str, Any]:
    """TOML as tables. Raises InputError with the line of the first syntax error."""
    import tomllib

    long = LONG_KEY.search(source.text)
    if long:
        line = source.text.count("\n", 0, long.start()) + 1
        raise source.error(str(line), "a key has more than 24 parts", "Shorten it")
    try:
        content = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(source, str(error)) from None
    except ValueError as error:  # such as an integer of ten thousand digits
        raise source.error("", f"a value cannot be read: {error}", "Correct the value") from None
    except RecursionError:
        raise source.error("", "the file is nested too deeply", f"Use at most {DEEPEST} levels") from None
    _bound_depth(source, content)
    return content


def _syntax_error(source: Source, message: str) -> InputError:
    said, _, place = message.rpartition(" (at ")
    line = re.match(r"line (\d+)", place)
    number = line[1] if line else str(_last_line(source.text, said))
    column = re.search(r"column (\d+)", place)
    cure = next((cure for pattern, cure in SYNTAX_CURES if re.search(pattern, said)), "Correct the line")
    culprit = source.text.split("\n")[int(number) - 1][int(column[1]) - 1 :][:1] if line and column else ""
    if culprit in tuple("“”„‘’＂＝［］，") and culprit:
        cure = f"Write plain ASCII signs in place of {culprit}"
    what = f"this is not TOML: {said[:1].lower()}{said[1:]}" + (
        f" at column {column[1]}" if column else " at the end of the file"
    )
    return source.error(number, what, cure)


def _last_line(text: str, said: str) -> int:
    """Where to look when the parser only met the end: the quotes that were opened last, else the last line."""
    from .places import opened_line

    return (opened_line(text) if "string" in said else None) or len(text.rstrip("\n").split("\n"))


def _bound_depth(source: Source, content: dict[str, Any]) -> None:
    level: list[Any] = [content]
    for _ in range(DEEPEST):
        level = [inner for item in level for inner in (item.values() if isinstance(item, dict) else item)]
        level = [item for item in level if isinstance(item, dict | list)]
        if not level:
            return
    raise source.error("", "the file is nested too deeply", f"Use at most {DEEPEST} levels")


def _cache_folder() -> Path | None:
    given = os.environ.get("XDG_CACHE_HOME", "")
    try:
        base = Path(given) if given and Path(given).is_absolute() else Path.home() / ".cache"
    except RuntimeError:
        return None
    return base / "iic-conform" / "checked"


def _cache_key(source: Source, kind: str) -> Path | None:
    """The file for what this text gives under these rules; None where there is no cache."""
    folder = _cache_folder()
    if folder is None:
        return None
    here = Path(__file__).parent
    digest = hashlib.sha256()
    try:
        for rule in (here / "schemas" / f"{kind}.json", *(here / name for name in RULES)):
            digest.update(hashlib.sha256(rule.read_bytes()).digest())
    except OSError:
        return None
    digest.update(kind.encode() + b"\0" + source.text.encode())
    return folder / f"{digest.hexdigest()}.json"


def _load(kept: Path) -> dict[str, Any] | None:
    """What was kept; None when there is nothing, or not what was written."""
    try:
        with open(kept, "rb") as stream:
            digest, body = stream.readline(80), stream.read(4 * LARGEST_OCTETS)
        if digest.strip() != hashlib.sha256(body).hexdigest().encode():
            return None
        content = json.loads(body)
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _keep(kept: Path, content: dict[str, Any]) -> None:
    """Write to a file of its own, then rename: a reader sees all or nothing. Failure is no concern of the user's."""
    import tempfile

    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    try:
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=kept.parent, prefix=".", suffix=".part")
        try:
            with open(handle, "wb") as stream:
                stream.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            os.replace(name, kept)
        except BaseException:
            Path(name).unlink()
            raise
        _prune(kept.parent)
    except OSError:
        pass


def _prune(folder: Path) -> None:
    """Forget the oldest: each edit of a draft leaves a file behind."""
    files = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[KEPT_FILES:]:
        file.unlink(missing_ok=True)
