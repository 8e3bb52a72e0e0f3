"""The settings that hold, and where each of them comes from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from greenroom.config import lk
from greenroom.config.layer import Layer, Problem
from greenroom.config.layers import Sources, all_layers, at, merged, values_of
from greenroom.config.references import resolve
from greenroom.config.schema import Node, Path, find_key, leaves, shown_key
from greenroom.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from greenroom.domain.access import SettingSource


class Source(NamedTuple):
    """One layer's word on one setting."""

    layer: str
    file: str
    line: int
    value: Any

    def place(self) -> str:
        """``project, .ruru/…/livekit-room.mode.md:12``."""
        where = f"{shorter(self.file)}:{self.line}" if self.line else shorter(self.file)
        return f"{self.layer}, {where}" if self.file and self.file != self.layer else self.layer


class Explained(NamedTuple):
    """A setting: its value, where it comes from, and what that overrides, nearest first. No source: not set."""

    path: Path
    key: str
    value: Any
    source: Source | None
    overrides: tuple[Source, ...]
    about: str

    def as_dict(self) -> dict[str, Any]:
        """JSON shape ``{key, value, source, overrides, about}``."""
        return {
            "key": self.key,
            "value": self.value,
            "source": self.source._asdict() if self.source else None,
            "overrides": [source._asdict() for source in self.overrides],
            "about": self.about,
        }


class Configuration:
    """ports.Settings: one reading of all layers. Values of secrets are references; see ``references.resolve``."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.environment = sources.environment
        self.layers: list[Layer] = all_layers(sources)
        self.tree: dict[str, Any] = {}
        for layer in self.layers:
            self.tree = merged(self.tree, layer.tree)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything wrong, lowest layer first."""
        return tuple(problem for layer in self.layers for problem in layer.problems)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What people should know, as sentences."""
        return tuple(p.sentence() for p in self.problems if p.severity == "warning")

    @property
    def kept(self) -> dict[str, Any]:
        """The tree without what ``lk`` says: that is one person's and no export's."""
        tree: dict[str, Any] = {}
        for layer in self.layers:
            tree = merged(tree, layer.tree if layer.name != lk.LAYER else {})
        return tree

    @property
    def passed_over(self) -> tuple[str, ...]:
        """Why another program's server is not used, with the code: for whoever finds none in its place."""
        mine = (problem for problem in self.problems if problem.code == lk.CODE)
        return tuple(f"{problem.sentence()} ({problem.code})" for problem in mine)

    @property
    def review_questions(self) -> dict[str, list[str]]:
        """Checklists of files written for Roo Commander, by gate."""
        found: dict[str, list[str]] = {}
        for layer in self.layers:
            for gate, questions in layer.questions.items():
                found.setdefault(gate, []).extend(questions)
        return found

    def now(self) -> Configuration:
        """Itself: one reading does not change."""
        return self

    @cached_property
    def _mistake(self) -> Problem | None:
        return next((problem for problem in self.problems if problem.severity == "error"), None)

    def check(self) -> None:
        """Raises ConfigurationError for the first mistake that is more than a warning."""
        problem = self._mistake
        if problem is not None:
            raise ConfigurationError(problem.statement(), code=problem.code, hint=problem.hint)

    def chosen(self, key: str) -> Any | None:
        """What somebody set; None where only LiveKit's own default holds.

        Raises ConfigurationError (invalid-config, unknown-setting).
        """
        self.check()
        path, _ = find_key(key)
        for layer in reversed(self.layers[1:]):
            found = at(layer.tree, path)
            if found is not None:
                return at(self.tree, path) if isinstance(found, dict) else found
        return None

    def said_by(self, key: str) -> tuple[SettingSource, ...]:
        """Who says something about a setting or a table, highest layer first; not LiveKit's own defaults.

        Raises ConfigurationError (unknown-setting).
        """
        from greenroom.domain.access import SettingSource

        path, _ = find_key(key)
        return tuple(
            SettingSource(layer=layer.name, file=shorter(layer.file))
            for layer in reversed(self.layers[1:])
            if at(layer.tree, path) is not None
        )

    def secret(self, key: str) -> str:
        """What the reference under a key stands for; "" where nothing is set.

        Raises ConfigurationError (secret-unresolved, invalid-config, unknown-setting).
        """
        value = self.chosen(key)
        if value is None:
            return ""
        layer = next(source.layer for source in self._sources(find_key(key)[0]))
        return resolve(value, self.sources.environ, self.folder_of(layer), key)

    def folder_of(self, layer: str) -> str:
        """The folder that relative files of a layer's references count from."""
        named = self.sources.user if layer == "user" else None
        if layer in {"project", "environment"}:
            named = self.sources.project
        return named or os.getcwd()

    def explain(self, key: str | None = None) -> list[Explained]:
        """Everything that has a value; with a key, all at or below it, also what is not set.

        Raises ConfigurationError (unknown-setting).
        """
        if key is None:
            return [self._explained(path) for path, _ in values_of(self.tree)]
        path, node = find_key(key)
        if node.get("type") != "object":
            return [self._explained(path, node)]
        value = at(self.tree, path)
        held = [(*path, *rest) for rest, _ in values_of(value)] if isinstance(value, dict) else []
        found = [self._explained(each) for each in held]
        for rest, leaf in leaves(node):
            whole = (*path, *rest)
            inside = next((n for n, part in enumerate(whole) if part.endswith("[]")), len(whole))
            if inside < len(whole) and (*whole[:inside], whole[inside][:-2]) in held:
                continue
            if whole not in held and at(self.tree, whole) is None:
                found.append(self._explained(whole, leaf))
        return found

    def _explained(self, path: Path, node: Node | None = None) -> Explained:
        sources = list(self._sources(path))
        first = sources[0] if sources else None
        key = shown_key(path)
        node = find_key(key)[1] if node is None else node
        about = node.get("description", "")
        if unit := node.get("x-unit"):
            about = f"{about} ({unit})".strip()
        value = first.value if first else None
        return Explained(path, key, value, first, tuple(sources[1:]), about)

    def _sources(self, path: Path) -> Iterator[Source]:
        """Who sets it, highest first."""
        for layer in reversed(self.layers):
            value = at(layer.tree, path)
            if value is not None:
                yield Source(layer.name, layer.file, layer.line_of(path), value)


def shorter(file: str) -> str:
    """A path as people would type it from here."""
    if not os.path.isabs(file):
        return file
    near = os.path.relpath(file)
    return file if near.startswith("..") else near
