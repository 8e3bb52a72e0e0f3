"""Settings for people and for scripts: what `greenroom config` prints. Needs no click.

JSON has the schema ``greenroom.config/1``: ``status``, ``message`` and ``error`` as in ``greenroom.outcome/1``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from greenroom.config.configuration import Configuration, Explained, Source
from greenroom.config.layers import Sources, find_sources
from greenroom.domain.errors import ConfigurationError, GreenroomError
from greenroom.interfaces.errors import exit_code

SCHEMA = "greenroom.config/1"


def sources(environment: str | None) -> Sources:
    """Where this process looks for settings."""
    return find_sources(os.environ, os.path.abspath(os.curdir), environment)


def answer(as_json: bool, work: Callable[[], Mapping[str, Any]], text: Callable[..., str]) -> int:
    """Do the work and print what came of it, ``message`` and more, as text or JSON. Returns the exit code."""
    try:
        found = work()
    except GreenroomError as error:
        return refused(error, as_json=as_json)
    if as_json:
        print(dump({"schema": SCHEMA, "status": "done", **found, "error": None}))
        return 0
    for warning in found.get("warnings", ()):
        print(f"! {warning}", file=sys.stderr)
    print(text(found))
    return 0


def refused(error: GreenroomError, *, as_json: bool) -> int:
    """Say what is wrong. Returns the exit code."""
    if as_json:
        shape = {"schema": SCHEMA, "status": "failed", "message": error.message}
        print(dump({**shape, "error": error.as_dict()}))
    else:
        print(f"✗ {error.message}", file=sys.stderr)
        if error.hint:
            print(f"  {error.hint}", file=sys.stderr)
        print(f"  ({error.code})", file=sys.stderr)
    return exit_code("failed", error.code)


def show(key: str | None, environment: str | None, *, as_json: bool) -> int:
    """What holds, all of it or below a key. Returns the exit code."""

    def work() -> dict[str, Any]:
        config = Configuration(sources(environment))
        config.check()
        explained = in_use(config, key)
        tree: dict[str, Any] = {}
        for each in explained:
            if each.source is not None:
                put(tree, each)
        return {
            "message": f"Settings of the environment {config.environment}.",
            "environment": config.environment,
            "settings": tree,
            "warnings": list(config.warnings),
            "explained": explained,
        }

    def text(found: Mapping[str, Any]) -> str:
        rows = [
            (f"{each.key} = {literal(each.value)}", each.source.place())
            for each in found["explained"]
            if each.source is not None
        ]
        width = min(max((len(left) for left, _ in rows), default=0), 72)
        return "\n".join(f"{left:{width}}  # {place}" for left, place in rows)

    return answer(as_json, lambda: without(work(), as_json), text)


def without(found: dict[str, Any], as_json: bool) -> dict[str, Any]:
    """JSON needs the tree alone; `config explain --json` has the rest."""
    if as_json:
        del found["explained"]
    return found


def put(tree: dict[str, Any], explained: Explained) -> None:
    """Put a value into a tree at its path."""
    *tables, name = explained.path
    for table in tables:
        tree = tree.setdefault(str(table), {})
    tree[str(name)] = explained.value


def explain(key: str | None, environment: str | None, *, as_json: bool) -> int:
    """Where settings come from and what they override. Returns the exit code."""

    def work() -> dict[str, Any]:
        config = Configuration(sources(environment))
        found = in_use(config, key)
        shapes = [each.as_dict() for each in found]
        warnings = [problem.sentence() for problem in config.problems]
        return {
            "message": f"{len(shapes)} settings." if len(shapes) != 1 else told(found[0]),
            "environment": config.environment,
            "settings": shapes if as_json else found,
            "warnings": warnings,
        }

    return answer(as_json, work, lambda found: "\n".join(map(told, found["settings"])))


def in_use(config: Configuration, key: str | None) -> list[Explained]:
    """What ``Configuration.explain`` says, with ``LIVEKIT_*`` above it where they name the server."""
    found = config.explain(key)
    if not any(name.startswith("LIVEKIT_") for name in config.sources.environ):
        return found
    from greenroom.config.target import variables_in_use

    variables = variables_in_use(config)
    if key is None:
        here = {each.key for each in found}
        found += [each for name in variables if name not in here for each in config.explain(name)]
    return [
        with_variable(each, variables[each.key], config) if each.key in variables else each
        for each in found
    ]


def with_variable(each: Explained, variable: str, config: Configuration) -> Explained:
    """A setting that an environment variable gives. A secret stays in it."""
    secret = each.key == "api.secret"
    value = f"env:{variable}" if secret else config.sources.environ[variable]
    source = Source("variables", variable, 0, value)
    below = (each.source,) if each.source is not None else ()
    return each._replace(value=value, source=source, overrides=(*below, *each.overrides))


def told(each: Explained) -> str:
    """One setting in a few lines."""
    about = f"\n  {each.about}" if each.about else ""
    if each.source is None:
        nearby = "\n  Where nothing names a server, commands use the one on this machine: greenroom status"
        return f"{each.key} is not set.{about}{nearby if each.path[0] == 'api' else ''}"
    lines = [f"{each.key} = {literal(each.value)}{about}", f"  from {each.source.place()}"]
    lines += [f"  overrides {literal(s.value)} from {s.place()}" for s in each.overrides]
    return "\n".join(lines)


def literal(value: Any) -> str:
    """A value as TOML writes it, control characters shown and not obeyed."""
    return dump(value, indent=None) if not isinstance(value, bool) else str(value).lower()


def counted(number: int, thing: str) -> str:
    """``1 mistake``, ``2 mistakes``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def dump(value: Any, indent: int | None = 2) -> str:
    """JSON for people and programs."""
    import json

    return json.dumps(value, ensure_ascii=False, indent=indent, default=str)


def validate(environment: str | None, *, as_json: bool) -> int:
    """Check all files, those of other environments too. Returns the exit code: 5 when there is a mistake."""
    from greenroom.config.layers import environments
    from greenroom.config.places import environment_file
    from greenroom.config.reading import read_environment_file

    try:
        config = Configuration(sources(environment))
    except GreenroomError as unusable:
        return refused(unusable, as_json=as_json)
    problems = list(config.problems)
    project = config.sources.project
    for name in environments(project):
        layer = read_environment_file(environment_file(project or "", name))
        problems += [p for p in (layer.problems if layer else ()) if p not in problems]
    wrong = [problem for problem in problems if problem.severity == "error"]
    questions = config.review_questions
    files = len({layer.file for layer in config.layers if layer.file})
    found = [counted(len(wrong), "mistake"), counted(len(problems) - len(wrong), "warning")]
    message = f"{' and '.join(found)} in {counted(files, 'source')}."
    error = None
    if wrong:
        first = wrong[0]
        error = ConfigurationError(first.statement(), code=first.code, hint=first.hint)
    if as_json:
        shape = {
            "schema": SCHEMA,
            "status": "failed" if wrong else "done",
            "message": message,
            "environment": config.environment,
            "findings": [problem.as_dict() for problem in problems],
            "review_questions": questions,
            "error": error.as_dict() if error else None,
        }
        print(dump(shape))
    else:
        for problem in problems:
            print(
                f"{'✗' if problem.severity == 'error' else '!'} {problem.sentence()}",
                file=sys.stderr,
            )
        for gate, asked in questions.items():
            print(f"? {gate}: {' · '.join(asked)}")
        print(f"{'✗' if wrong else '✓'} {message}")
    return exit_code("failed", error.code) if error else 0
