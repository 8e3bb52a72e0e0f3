"""A layer of settings: what one source sets, in which line, and what is wrong with it.

A mistake is found and kept, never raised here: `config validate` tells all of them, everything else the first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from greenroom.config import roo
from greenroom.config.schema import Flaw, Node, Path, child, flaws, hint_for, schema, shown_key

MOST_UNKNOWN = 50
"""Unknown names of one file that are told one by one."""


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

    def statement(self) -> str:
        """``text`` with one full stop at its end."""
        return f"{self.text().removesuffix('.')}."

    def sentence(self) -> str:
        """``statement``, and what to do about it."""
        return f"{self.statement()} {self.hint}".strip()

    def as_dict(self) -> dict[str, Any]:
        """JSON shape: the fields by name."""
        return self._asdict()


class Layer(NamedTuple):
    """What one source sets, names canonical. ``line_of`` gives the line of a path, 0 where there are no lines."""

    name: str
    """LiveKit's defaults, packaged, lk, user, project, environment, variables or arguments."""
    file: str
    tree: dict[str, Any]
    line_of: Callable[[Path], int]
    problems: tuple[Problem, ...] = ()
    questions: Mapping[str, list[str]] = {}
    """Roo Commander's checklists, by gate."""


def no_lines(_path: Path) -> int:
    """Of a source that is no file."""
    return 0


class Lines:
    """Lines of paths as they are spelled in the file; worked out when the first is asked for."""

    def __init__(self, find: Callable[[], dict[Path, int]], above: int, prefix: Path = ()) -> None:
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


def fit(
    raw: Mapping[str, Any], lines: Lines, name: str, file: str, beside: tuple[str, ...] = ()
) -> Layer:
    """Canonical names; what is unknown is left out and told; what does not fit is told.

    ``beside``: names at the top that are no settings and may be there.
    """
    fitting = _Fitting(lines, file)
    for key, message, hint in roo.remarks(raw):
        fitting.tell("warning", tuple(key.split(".")), message, hint)
    settings = {key: value for key, value in raw.items() if key not in beside}
    tree: dict[str, Any] = fitting.canonical(settings, schema(), (), ())
    fitting.count_unknown()
    flaw: Flaw
    for flaw in list(flaws(tree, schema())):
        fitting.tell("error", flaw.path, flaw.message, flaw.hint, flaw.code)
        if flaw.code == "secret-in-clear":
            hide(tree, flaw.path)
    questions = roo.review_questions(raw)
    return Layer(name, file, tree, fitting.line_of, tuple(fitting.problems), questions)


class _Fitting:
    """One file on its way into a layer."""

    def __init__(self, lines: Lines, file: str) -> None:
        self._lines, self._file = lines, file
        self._spelled: dict[Path, Path] = {}
        self._unknown = 0
        self.problems: list[Problem] = []

    def line_of(self, path: Path) -> int:
        """The line in which a canonical path stands, however it is spelled there."""
        return self._lines.of(self._spelled.get(path, path))

    def tell(
        self, severity: str, path: Path, message: str, hint: str, code: str = "invalid-config"
    ) -> None:
        """Keep a problem."""
        line, key = self.line_of(path), shown_key(path)
        self.problems.append(Problem(severity, self._file, line, key, message, hint, code))

    def canonical(self, value: Any, node: Node, path: Path, spelled: Path) -> Any:
        """The value with the schema's names."""
        self._spelled[path] = spelled
        if isinstance(value, list):
            inside = child(node, 0)
            if inside is None:
                return value
            return [
                self.canonical(item, inside[1], (*path, at), (*spelled, at))
                for at, item in enumerate(value)
            ]
        if not isinstance(value, dict):
            return value
        made: dict[str, Any] = {}
        for key, each in value.items():
            found = child(node, key)
            if found is None:
                self._tell_unknown(key, node, (*path, key), (*spelled, key))
                continue
            known = str(found[0])
            if known in made:
                self._spelled[(*path, known)] = (*spelled, key)
                self.tell("error", (*path, known), "is set twice, in two spellings", "Keep one.")
                continue
            made[known] = self.canonical(each, found[1], (*path, known), (*spelled, key))
        return made

    def _tell_unknown(self, key: str, node: Node, path: Path, spelled: Path) -> None:
        self._unknown += 1
        if self._unknown <= MOST_UNKNOWN:
            self._spelled[path] = spelled
            self.tell("warning", path, "is no setting and is not used", hint_for(key, node))

    def count_unknown(self) -> None:
        """Tell how many more names are unknown than were told."""
        more = self._unknown - MOST_UNKNOWN
        if more > 0:
            message = f"has {more} more names that are no settings."
            self.problems.append(Problem("warning", self._file, 0, "", message, ""))


def hide(tree: Any, path: Path) -> None:
    """Put ``***`` in the place of a secret, before anything can show it."""
    for part in path[:-1]:
        tree = tree[part]
    tree[path[-1]] = "***"
