"""Reads mode files and environment files into layers: what they set, in which line, and what is wrong with them.

A mistake is found and kept, never raised here: `config validate` tells all of them, everything else the first.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from greenroom.config import roo
from greenroom.config.schema import Node, Path, child, flaws, hint_for, schema, shown_key

LARGEST = 1_000_000
"""Bytes of a file with settings. The largest mode file seen has 20,000."""
FENCE = "+++"


class Problem(NamedTuple):
    """One thing about one file. ``severity``: error or warning. ``line`` 0: the file as a whole."""

    severity: str
    file: str
    line: int
    key: str
    message: str
    hint: str
    code: str = "invalid-config"

    def text(self) -> str:
        """``file:12: room.defaultSettings.maxParticipants must be …``."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key} {self.message}" if self.key else f"{place}: {self.message}"

    def sentence(self) -> str:
        """``text``, and what to do about it."""
        text = self.text()
        return f"{text if text.endswith('.') else f'{text}.'} {self.hint}".strip()

    def as_dict(self) -> dict[str, Any]:
        """JSON shape: the fields by name."""
        return self._asdict()


class Layer(NamedTuple):
    """What one source sets, names canonical. ``line_of`` gives the line of a path, 0 where there are no lines."""

    name: str
    """LiveKit's defaults, packaged, user, project, environment, variables or arguments."""
    file: str
    tree: dict[str, Any]
    line_of: Callable[[Path], int]
    problems: tuple[Problem, ...] = ()
    questions: Mapping[str, list[str]] = {}
    """Roo Commander's checklists, by gate."""


def no_lines(_path: Path) -> int:
    """Of a source that is no file."""
    return 0


class Text(NamedTuple):
    """A file as text: newlines are ``\\n``; what it had is kept for writing it back."""

    text: str
    bom: bool
    crlf: bool


def read_text(file: str) -> Text | Problem | None:
    """The file's text; None when there is none; a Problem when it is there and cannot be read."""
    try:
        with open(file, "rb") as opened:
            data = opened.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"cannot be read: {error.strerror}."
        hint = f"It must be a file that the user {owner_name()} may read."
        return Problem("error", file, 0, "", message, hint, "config-unreadable")
    if len(data) > LARGEST:
        hint = "Settings are a few lines; longer texts belong into other files."
        message = f"is larger than {LARGEST:,} bytes, the most that is read."
        return Problem("error", file, 0, "", message, hint)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Problem("error", file, line, "", "is not text in UTF-8.", "Save it as UTF-8.")
    crlf = "\r\n" in text
    return Text(text.replace("\r\n", "\n"), data.startswith(b"\xef\xbb\xbf"), crlf)


def owner_name() -> str:
    """Who we are, for messages."""
    return os.environ.get("USER") or str(os.getuid())


def front_matter(text: str) -> tuple[str, int, int] | None:
    """``(toml, first character, last character)`` between the two ``+++`` lines; None when there is none.

    Raises ValueError when it begins and does not end.
    """
    begin = len(text) - len(text.lstrip("\n\t "))
    first, newline, _ = text[begin:].partition("\n")
    if first.rstrip() != FENCE:
        return None
    start = begin + len(first) + len(newline)
    at = start
    for line in text[start:].splitlines(keepends=True):
        if line.rstrip() == FENCE:
            return text[start:at], start, at
        at += len(line)
    raise ValueError


def read_mode_file(file: str, name: str) -> Layer | None:
    """A layer from a mode file; None when there is no such file."""
    read = read_text(file)
    if read is None:
        return None
    if isinstance(read, Problem):
        return Layer(name, file, {}, no_lines, (read,))
    import tomllib

    try:
        cut = front_matter(read.text)
    except ValueError:
        hint = "Put a line +++ after the settings, before the Markdown."
        return failed(name, file, 1, "begins with +++ and has no second +++ line.", hint)
    if cut is None:
        message, hint = "has no settings.", "Settings stand between two +++ lines at the top."
        problem = Problem("warning", file, 1, "", message, hint)
        return Layer(name, file, {}, no_lines, (problem,))
    toml, start, _ = cut
    above = read.text.count("\n", 0, start)
    try:
        raw = tomllib.loads(toml)
    except RecursionError:
        return failed(name, file, 0, "is nested too deeply.", "Settings are four tables deep at most.")
    except ValueError as error:
        line, message = toml_mistake(str(error), above, toml)
        return failed(name, file, line, message, "Settings are written in TOML: https://toml.io.")

    def find() -> dict[Path, int]:
        from greenroom.config.lines import toml_lines

        return toml_lines(toml)

    lines = Lines(find, above)
    return from_raw(raw, lines, name, file, beside=(*roo.DESCRIBES, *roo.FOREIGN))


def failed(name: str, file: str, line: int, message: str, hint: str) -> Layer:
    """A layer that sets nothing because its file cannot be understood."""
    return Layer(name, file, {}, no_lines, (Problem("error", file, line, "", message, hint),))


def toml_mistake(said: str, above: int, toml: str) -> tuple[int, str]:
    """tomllib's ``… (at line 3, column 5)`` as line of the file and message."""
    message, _, place = said.rpartition(" (at ")
    if place.startswith("line "):
        return above + int(place[5:].partition(",")[0]), f"{message}."
    return above + toml.count("\n") + (not toml.endswith("\n")), f"{message or said}."


def read_environment_file(file: str, name: str = "environment") -> Layer | None:
    """A layer from ``livekit.<environment>.json``, root ``livekit`` optional; None when there is no such file."""
    read = read_text(file)
    if read is None:
        return None
    if isinstance(read, Problem):
        return Layer(name, file, {}, no_lines, (read,))
    if not read.text.strip():
        hint = 'Write {"livekit": {}} into it.'
        return Layer(
            name, file, {}, no_lines, (Problem("warning", file, 0, "", "is empty.", hint),)
        )
    from greenroom.config.lines import json_lines

    try:
        raw = json.loads(read.text)
        lines, twice = json_lines(read.text)
    except RecursionError:
        return failed(name, file, 0, "is nested too deeply.", "Settings are four tables deep at most.")
    except json.JSONDecodeError as error:
        return failed(name, file, error.lineno, f"{error.msg}.", "Settings are written in JSON here.")
    except ValueError as error:
        return failed(name, file, 0, f"{error}.", "Settings are written in JSON here.")
    if not isinstance(raw, dict):
        kind = "a list" if isinstance(raw, list) else json.dumps(raw)[:40]
        return failed(name, file, 1, f"holds {kind}, not settings.", 'Write {"livekit": {…}}.')
    if twice:
        path, line = twice[0]
        return failed(name, file, line, f"{shown_key(path)} stands there twice.", "Keep one.")
    prefix: Path = ()
    if set(raw) == {"livekit"} and isinstance(raw["livekit"], dict):
        raw, prefix = raw["livekit"], ("livekit",)
    return from_raw(raw, Lines(lambda: lines, 0, prefix), name, file)


class Lines:
    """Lines of paths as they are spelled in the file; worked out when the first is asked for."""

    def __init__(
        self, find: Callable[[], dict[Path, int]], above: int, prefix: Path = ()
    ) -> None:
        self._find, self._above, self._prefix = find, above, prefix
        self._found: dict[Path, int] | None = None

    def of(self, path: Path) -> int:
        """The line of a path, else of the nearest table around it."""
        if self._found is None:
            self._found = self._find()
        path = (*self._prefix, *path)
        while path and path not in self._found:
            path = path[:-1]
        return self._found[path] + self._above if path else 0


def from_raw(
    raw: Mapping[str, Any], lines: Lines, name: str, file: str, beside: tuple[str, ...] = ()
) -> Layer:
    """Canonical names, what is unknown left out and told, what does not fit told.

    ``beside``: names at the top that are no settings and may be there.
    """
    problems = [
        Problem("warning", file, lines.of((key,)), key, message, hint)
        for key, message, hint in roo.remarks(raw)
    ]
    spelled: dict[Path, Path] = {}
    settings = {key: value for key, value in raw.items() if key not in beside}

    def tell(severity: str, path: Path, message: str, hint: str, code: str = "invalid-config") -> None:
        line = lines.of(spelled.get(path, path))
        problems.append(Problem(severity, file, line, shown_key(path), message, hint, code))

    def tree_of(value: Any, node: Node, path: Path, as_spelled: Path) -> Any:
        spelled[path] = as_spelled
        if isinstance(value, list):
            below = child(node, 0)
            return [
                tree_of(item, below[1], (*path, at), (*as_spelled, at)) if below else item
                for at, item in enumerate(value)
            ]
        if not isinstance(value, dict):
            return value
        made: dict[str, Any] = {}
        for key, each in value.items():
            found = child(node, key)
            if found is None:
                spelled[(*path, key)] = (*as_spelled, key)
                tell("warning", (*path, key), "is no setting and is not used", hint_for(key, node))
            elif found[0] in made:
                spelled[(*path, found[0])] = (*as_spelled, key)
                tell("error", (*path, found[0]), "is set twice, in two spellings", "Keep one.")
            else:
                below = (*path, found[0])
                made[str(found[0])] = tree_of(each, found[1], below, (*as_spelled, key))
        return made

    tree = tree_of(settings, schema(), (), ())
    for flaw in list(flaws(tree, schema())):
        tell("error", flaw.path, flaw.message, flaw.hint, flaw.code)
        if flaw.code == "secret-in-clear":
            hide(tree, flaw.path)

    def line_of(path: Path) -> int:
        return lines.of(spelled.get(path, path))

    return Layer(name, file, tree, line_of, tuple(problems), roo.review_questions(raw))


def hide(tree: Any, path: Path) -> None:
    """Put ``***`` in the place of a secret, before anything can show it."""
    for part in path[:-1]:
        tree = tree[part]
    tree[path[-1]] = "***"
