"""Reads mode files (TOML between ``+++`` lines, then Markdown) and environment files (JSON) into layers."""

from __future__ import annotations

import json
import os
import stat
from typing import Any, NamedTuple

from greenroom.config import roo
from greenroom.config.layer import Layer, Lines, Problem, fit, no_lines
from greenroom.config.schema import Path, called, shown_key

LARGEST = 1_000_000
"""Bytes of a file with settings. The largest mode file seen has 20,000."""
FENCE = "+++"
DEEP = ("is nested too deeply.", "Settings are a few tables deep at most.")
NO_FILE = "It must be a file that you may read."
IN_JSON = "Settings are written in JSON here."
IN_TOML = "Settings are written in TOML: https://toml.io."
TWICE = {
    "Cannot overwrite a value": "sets a name that has a value already.",
    "Cannot declare": "has a table that is there already.",
}
"""What tomllib says about what stands there twice, for people who never read a standard."""
ROOT = "livekit"
BESIDE = ("$schema",)
"""Names of an environment file that are for editors."""
UNUSED = "stands beside livekit and is not used"


class Unusable(Exception):
    """A file that cannot be understood; carries the Problem."""

    def __init__(
        self, file: str, line: int, message: str, hint: str, code: str = "invalid-config"
    ) -> None:
        super().__init__(message)
        self.problem = Problem("error", file, line, "", message, hint, code)


class Text(NamedTuple):
    """A file as text with plain line ends; what it had is kept for writing it back."""

    text: str
    bom: bool
    crlf: bool


def read_text(file: str) -> Text | None:
    """The file's text; None when there is none. Raises Unusable when it is there and cannot be read."""
    try:
        # A pipe would be waited for, for ever.
        if not stat.S_ISREG(os.stat(file).st_mode) and not os.path.isdir(file):
            raise Unusable(file, 0, "is no file.", NO_FILE, "config-unreadable")
        with open(file, "rb") as opened:
            data = opened.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        message = f"cannot be read: {error.strerror}."
        raise Unusable(file, 0, message, NO_FILE, "config-unreadable") from None
    if len(data) > LARGEST:
        hint = "Settings are a few lines; longer texts belong into other files."
        raise Unusable(file, 0, f"is larger than {LARGEST:,} bytes, the most that is read.", hint)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unusable(file, line, "is not text in UTF-8.", "Save it as UTF-8.") from None
    crlf = "\r\n" in text
    return Text(text.replace("\r\n", "\n"), data.startswith(b"\xef\xbb\xbf"), crlf)


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
    try:
        read = read_text(file)
        return None if read is None else mode_layer(read.text, name, file)
    except Unusable as unusable:
        return Layer(name, file, {}, no_lines, (unusable.problem,))


def mode_layer(text: str, name: str, file: str) -> Layer:
    """A layer from a mode file's text. Raises Unusable."""
    import tomllib

    try:
        cut = front_matter(text)
    except ValueError:
        hint = "Put a line +++ after the settings, before the Markdown."
        raise Unusable(file, 1, "begins with +++ and has no second +++ line.", hint) from None
    if cut is None:
        hint = "Settings stand between two +++ lines at the top."
        problem = Problem("warning", file, 1, "", "has no settings.", hint)
        return Layer(name, file, {}, no_lines, (problem,))
    toml, start, _ = cut
    above = text.count("\n", 0, start)
    try:
        raw = tomllib.loads(toml)
    except RecursionError:
        raise Unusable(file, 0, *DEEP) from None
    except ValueError as error:
        line, message = toml_mistake(str(error), above, toml)
        hint = "Keep one of the two." if message in TWICE.values() else IN_TOML
        raise Unusable(file, line, message, hint) from None

    def find() -> dict[Path, int]:
        from greenroom.config.lines import toml_lines

        return toml_lines(toml)

    return fit(raw, Lines(find, above), name, file, beside=(*roo.DESCRIBES, *roo.FOREIGN))


def toml_mistake(said: str, above: int, toml: str) -> tuple[int, str]:
    """What tomllib says,  ``… (at line 3, column 5)``, as line of the file and message."""
    message, _, place = said.rpartition(" (at ")
    for start, plain in TWICE.items():
        if message.startswith(start):
            message = plain.removesuffix(".")
    if place.startswith("line "):
        return above + int(place[5:].partition(",")[0]), f"{message}."
    return above + toml.count("\n") + (not toml.endswith("\n")), f"{message or said}."


def read_environment_file(file: str, name: str = "environment") -> Layer | None:
    """A layer from ``livekit.<environment>.json``, root ``livekit`` optional; None when there is no such file."""
    try:
        read = read_text(file)
        if read is None:
            return None
        if not read.text.strip():
            empty = Problem("warning", file, 0, "", "is empty.", 'Write {"livekit": {}} into it.')
            return Layer(name, file, {}, no_lines, (empty,))
        return environment_layer(read.text, name, file)
    except Unusable as unusable:
        return Layer(name, file, {}, no_lines, (unusable.problem,))


def environment_layer(text: str, name: str, file: str) -> Layer:
    """A layer from an environment file's text. Raises Unusable."""
    from greenroom.config.lines import json_lines

    try:
        raw: Any = json.loads(text)
        lines, twice = json_lines(text)
    except RecursionError:
        raise Unusable(file, 0, *DEEP) from None
    except json.JSONDecodeError as error:
        raise Unusable(file, error.lineno, f"{error.msg}.", IN_JSON) from None
    except ValueError as error:
        raise Unusable(file, 0, f"{error}.", IN_JSON) from None
    if not isinstance(raw, dict):
        kind = "a list" if isinstance(raw, list) else json.dumps(raw)[:40]
        raise Unusable(file, 1, f"holds {kind}, not settings.", 'Write {"livekit": {…}}.')
    if twice:
        path, line = twice[0]
        raise Unusable(file, line, f"{shown_key(path)} stands there twice.", "Keep one.")
    prefix: Path = (ROOT,) if ROOT in raw else ()
    layer = fit(settings_of(raw, file), Lines(lambda: lines, 0, prefix), name, file, BESIDE)
    hint = "Put it inside livekit, where the settings of this file are."
    told = [
        Problem("warning", file, lines.get((key,), 0), shown_key((key,)), UNUSED, hint)
        for key in raw
        if prefix and key not in (ROOT, *BESIDE)
    ]
    return layer._replace(problems=(*layer.problems, *told))


def settings_of(raw: dict[str, Any], file: str) -> dict[str, Any]:
    """The table of an environment file that holds the settings: ``livekit``, else all of it. Raises Unusable."""
    inside = raw.get(ROOT, raw)
    if not isinstance(inside, dict):
        message = f"livekit holds {called(inside)}, not settings."
        raise Unusable(file, 0, message, 'Write {"livekit": {…}}.')
    return inside
