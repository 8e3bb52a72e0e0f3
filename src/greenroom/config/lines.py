"""In which line each setting stands. tomllib and json say where a mistake is, and nothing about what is right."""

from __future__ import annotations

import json
import re
from typing import Any

Path = tuple[str | int, ...]
SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
KEY = re.compile(r'[ \t]*("(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+)[ \t]*')
VALUE = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}\n]|[^\[\]{}\n"\'#]+',
    re.DOTALL,
)
JSON_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|\n|[^\[\]{},:"\n]+')


def toml_lines(text: str) -> dict[Path, int]:
    """Path → line, from 1, of every table and key of a document that tomllib accepts."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    line, counted = 1, 0
    at = after_space(text, 0)
    while at < len(text):
        line, counted = line + text.count("\n", counted, at), at
        if text[at] == "[":
            many = text.startswith("[[", at)
            names, at = keys(text, at + 1 + many)
            table = inside(names, counts)
            if many:
                counts[table] = counts.get(table, -1) + 1
                found.setdefault(table, line)
                table = (*table, counts[table])
            found.setdefault(table, line)
            at += 1 + many
        else:
            names, at = keys(text, at)
            for depth in range(1, len(names) + 1):
                found.setdefault((*table, *names[:depth]), line)
            at = after_value(text, at + 1)
        at = after_space(text, at)
    return found


def after_space(text: str, at: int) -> int:
    """Where spaces, line ends and comments end."""
    found = SPACE.match(text, at)
    return found.end() if found else at


def keys(text: str, at: int) -> tuple[list[str], int]:
    """The parts of a dotted key, and where it ends."""
    parts: list[str] = []
    while (found := KEY.match(text, at)) is not None:
        part, at = found[1], found.end()
        parts.append(plain(part))
        if at >= len(text) or text[at] != ".":
            break
        at += 1
    return parts, at


def plain(part: str) -> str:
    """A key without its quotes."""
    if part[0] == '"':
        try:
            return str(json.loads(part))
        except ValueError:
            return part[1:-1]
    return part[1:-1] if part[0] == "'" else part


def inside(names: list[str], counts: dict[Path, int]) -> Path:
    """The path of a table header: below a list of tables it means the last one."""
    path: Path = ()
    for number, name in enumerate(names, 1):
        path = (*path, name)
        if path in counts and number < len(names):
            path = (*path, counts[path])
    return path


def after_value(text: str, at: int) -> int:
    """Where the value that begins here ends: at the end of the line, outside of brackets and text."""
    depth = 0
    while at < len(text):
        found = VALUE.match(text, at)
        if found is None:
            return at + 1
        part, at = found[0], found.end()
        if part in "[{":
            depth += 1
        elif part in "]}":
            depth -= 1
        elif part == "\n" and depth == 0:
            return at
    return at


def json_lines(text: str) -> tuple[dict[Path, int], list[tuple[Path, int]]]:
    """Path → line of every name in a document that json accepts, and names that stand twice."""
    found: dict[Path, int] = {}
    twice: list[tuple[Path, int]] = []
    open_: list[Any] = []  # names that are being read, or indexes of lists
    line, name_next = 1, False
    for match in JSON_PART.finditer(text):
        part = match[0]
        if part == "\n":
            line += 1
        elif part in "{[":
            open_.append(0 if part == "[" else None)
            name_next = part == "{"
        elif part in "}]":
            open_.pop()
            name_next = False
        elif part == ",":
            name_next = not isinstance(open_[-1], int)
            if not name_next:
                open_[-1] += 1
        elif part[0] == '"' and name_next:
            open_[-1] = json.loads(part)
            path = tuple(open_)
            if path in found:
                twice.append((path, line))
            found[path] = line
            name_next = False
    return found, twice
