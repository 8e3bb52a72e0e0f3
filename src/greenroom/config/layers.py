"""All layers of settings, lowest first, and how they become one tree: tables merge, everything else replaces.

LiveKit's defaults < packaged mode files < lk's default project < user's folder < project < environment <
GREENROOM__… < arguments.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from greenroom.config import lk
from greenroom.config.layer import Layer, Problem, no_lines
from greenroom.config.places import (
    MODES,
    PROJECT_MARK,
    environment_file,
    mode_file,
    project_folder,
    user_folder,
)
from greenroom.config.reading import read_environment_file, read_mode_file
from greenroom.config.schema import (
    Node,
    Path,
    child,
    flaws,
    hint_for,
    nearest,
    resolved,
    schema,
    shown_key,
)
from greenroom.domain.errors import ConfigurationError

DEFAULT_ENVIRONMENT = "development"
PREFIX = "GREENROOM__"
DURATION = r"(?:\d+(?:s|sec|m|min|h|d))+"
UNITS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
TRUTH = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


class Sources(NamedTuple):
    """Where to look. ``explicit``: somebody named the environment, so it must exist."""

    environ: Mapping[str, str]
    user: str
    project: str | None
    environment: str
    explicit: bool
    named_by: str
    arguments: Mapping[str, Any]


def find_sources(
    environ: Mapping[str, str],
    folder: str,
    environment: str | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> Sources:
    """Look from ``folder`` upwards. Raises ConfigurationError (unknown-environment) for a name that is none."""
    named = environment or environ.get("GREENROOM_ENV") or DEFAULT_ENVIRONMENT
    named_by = "--env" if environment else "GREENROOM_ENV" if environ.get("GREENROOM_ENV") else ""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", named) is None:
        msg = f"{named!r} cannot be the name of an environment."
        hint = "Letters, digits, - and _: development, staging, production."
        raise ConfigurationError(msg, code="unknown-environment", hint=hint)
    project = project_folder(folder)
    return Sources(
        environ, user_folder(environ), project, named, bool(named_by), named_by, arguments or {}
    )


def all_layers(sources: Sources) -> list[Layer]:
    """Every layer that is there, lowest first. Never raises for what files hold: problems stay in their layers.

    Raises ConfigurationError (unknown-environment) when ``--env`` names one that has no file.
    """
    layers = [defaults_layer(), *packaged_layers(), *lk.layers(sources.environ)]
    layers += mode_layers(sources.user, "user")
    if sources.project is not None:
        layers += mode_layers(os.path.join(sources.project, PROJECT_MARK), "project")
        file = environment_file(sources.project, sources.environment)
        if (layer := read_environment_file(file)) is not None:
            layers.append(layer)
    if layers[-1].name != "environment":
        check_environment(sources)
        layers += unknown_variable_layers(sources)
    layers += variable_layers(sources.environ)
    if sources.arguments:
        layers.append(arguments_layer(sources.arguments))
    return layers


def check_environment(sources: Sources) -> None:
    """An environment asked for by ``--env`` that has no file is a slip of the pen, and must not mean another server."""
    known = environments(sources.project)
    if sources.named_by != "--env" or (sources.environment == DEFAULT_ENVIRONMENT and not known):
        return
    near = nearest(sources.environment, known)
    where = os.path.join(sources.project or ".", PROJECT_MARK, "config")
    hint = (
        f"Did you mean {near}?" if near else f"There are: {', '.join(known) or 'none'}, in {where}."
    )
    msg = f"There is no environment {sources.environment}: livekit.{sources.environment}.json is missing."
    raise ConfigurationError(msg, code="unknown-environment", hint=hint)


def unknown_variable_layers(sources: Sources) -> list[Layer]:
    """A warning where ``GREENROOM_ENV``, which may stand in a profile for all projects, names none of this one's."""
    known = environments(sources.project)
    if sources.named_by != "GREENROOM_ENV" or not known:
        return []
    near = nearest(sources.environment, known)
    hint = f"Did you mean {near}?" if near else f"There are: {', '.join(known)}."
    message = f"names the environment {sources.environment}, for which this project has no file."
    problem = Problem("warning", "GREENROOM_ENV", 0, "", message, hint)
    return [Layer("environment", "GREENROOM_ENV", {}, no_lines, (problem,))]


def environments(project: str | None) -> list[str]:
    """Environments that a project has a file for."""
    try:
        names = os.listdir(os.path.join(project or "", PROJECT_MARK, "config")) if project else []
    except OSError:
        names = []
    cut = [re.fullmatch(r"livekit\.([\w-]+)\.json", name) for name in sorted(names)]
    return [found[1] for found in cut if found]


def defaults_layer() -> Layer:
    """What LiveKit does by itself, from the schema."""
    return Layer("LiveKit's defaults", "", defaults_of(schema()), no_lines)


def defaults_of(node: Node) -> dict[str, Any]:
    """Every default below a table."""
    made: dict[str, Any] = {}
    for name, below in resolved(node).get("properties", {}).items():
        about = resolved(below)
        if "default" in about:
            made[name] = about["default"]
        elif inner := defaults_of(about):
            made[name] = inner
    return made


def packaged_layers() -> list[Layer]:
    """The mode files that come with the specialists."""
    root = os.path.join(os.path.dirname(os.path.dirname(__file__)), "modes")
    files = [os.path.join(root, mode, "mode.md") for mode in MODES]
    return [layer for file in files if (layer := read_mode_file(file, "packaged")) is not None]


def mode_layers(root: str, name: str) -> list[Layer]:
    """The mode files of the user's folder or of a project."""
    files = [mode_file(root, mode) for mode in MODES]
    return [layer for file in files if (layer := read_mode_file(file, name)) is not None]


def variable_layers(environ: Mapping[str, str]) -> list[Layer]:
    """One layer for each ``GREENROOM__TABLE__NAME=value``, so that each is its own source."""
    names = sorted(name for name in environ if name.startswith(PREFIX))
    return [variable_layer(name, environ[name]) for name in names]


def variable_layer(variable: str, text: str) -> Layer:
    """The setting that one variable names. A secret stays in the variable: the layer holds a reference to it."""
    node: Node = schema()
    path: list[str] = []
    for part in variable[len(PREFIX) :].split("__"):
        found = child(node, part, fold=True)
        if found is None:
            hint = hint_for(part.lower(), node)
            problem = Problem("warning", variable, 0, "", "names no setting and is not used.", hint)
            return Layer("variables", variable, {}, no_lines, (problem,))
        path.append(str(found[0]))
        node = resolved(found[1])
    try:
        value = f"env:{variable}" if node.get("x-secret") else parse_value(text, node)
    except ValueError as error:
        problem = Problem("error", variable, 0, shown_key(path), str(error), "")
        return Layer("variables", variable, {}, no_lines, (problem,))
    found_flaws = tuple(
        Problem("error", variable, 0, shown_key(flaw.path), flaw.message, flaw.hint, flaw.code)
        for flaw in flaws(value, node, tuple(path))
    )
    return Layer("variables", variable, nested(tuple(path), value), no_lines, found_flaws)


def arguments_layer(arguments: Mapping[str, Any]) -> Layer:
    """Settings given by key. Raises ConfigurationError (unknown-setting, invalid-config)."""
    from greenroom.config.schema import find_key

    tree: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in arguments.items():
        path, node = find_key(key)
        tree = merged(tree, nested(path, value))
        problems += [
            Problem("error", "arguments", 0, shown_key(f.path), f.message, f.hint, f.code)
            for f in flaws(value, node, path)
        ]
    return Layer("arguments", "arguments", tree, no_lines, tuple(problems))


def parse_value(text: str, node: Node) -> Any:
    """A value from a command line or a variable, by the schema's type. Raises ValueError with what it must be.

    Whole numbers of seconds may be written 2h or 1h30m; lists as JSON or with commas; tables as JSON.
    """
    kind = resolved(node).get("type", "object")
    if kind == "string":
        return text
    plain = text.strip()
    if kind == "boolean":
        if plain.lower() not in TRUTH:
            msg = f"must be true or false, not {text!r}"
            raise ValueError(msg)
        return TRUTH[plain.lower()]
    if kind == "integer":
        return parse_number(plain, node)
    if kind == "array" and not plain.startswith("["):
        return [part.strip() for part in plain.split(",") if part.strip()]
    try:
        return json.loads(plain)
    except (ValueError, RecursionError):
        msg = f"must be {'a table' if kind == 'object' else 'a list'}, written in JSON"
        raise ValueError(msg) from None


def parse_number(text: str, node: Node) -> int:
    """A whole number; of seconds also 90s, 15m, 2h, 1h30m, 7d. Raises ValueError."""
    if re.fullmatch(r"[+-]?\d{1,20}", text):
        return int(text)
    seconds = resolved(node).get("x-unit") == "seconds"
    if seconds and re.fullmatch(DURATION, text):
        return sum(int(n) * UNITS[unit] for n, unit in re.findall(r"(\d+)([a-z]+)", text))
    also = ", or 90s, 15m, 2h, 1h30m" if seconds else ""
    msg = f"must be a whole number{also}, not {text!r}"
    raise ValueError(msg)


def nested(path: Path, value: Any) -> dict[str, Any]:
    """``{"a": {"b": value}}`` for the path a.b."""
    for part in reversed(path):
        value = {part: value}
    made: dict[str, Any] = value
    return made


def merged(below: Any, above: Any) -> Any:
    """Tables merge deeply; everything else, lists too, is replaced by what stands above."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {
        **below,
        **{name: merged(below[name], v) if name in below else v for name, v in above.items()},
    }


def values_of(tree: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """``(path, value)`` of everything that is no table, in order."""
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from values_of(value, (*path, name))
        else:
            yield (*path, name), value


def at(tree: Any, path: Path) -> Any:
    """What stands at a path, None where nothing does."""
    for part in path:
        if not isinstance(tree, dict) or part not in tree:
            return None
        tree = tree[part]
    return tree
