"""Projects of LiveKit's own command line, ``lk``: read from ``~/.livekit/cli-config.yaml``, never written.

The format is livekit-cli's ``CLIConfig`` (pkg/config/config.go): ``default_project``, and ``projects`` with ``name``,
``url``, ``api_key`` and ``api_secret``. What else stands there, users and their sessions above all, is not looked at.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from greenroom.config.layer import Layer, Problem, no_lines
from greenroom.config.reading import Unusable, read_text
from greenroom.config.schema import Path, flaws, schema
from greenroom.domain.errors import ConfigurationError

LAYER = "lk"
CODE = "lk-projects-unusable"
FILE = os.path.join(".livekit", "cli-config.yaml")
SCHEME = "lk:"
"""Before a project's name: a reference to its API secret."""
HINT = "None of its projects is used here. Look at it with: lk project list."
FIELDS = ("url", "api_key", "api_secret")
"""What makes a project complete, by the names of the file, which are ours, too."""


class Project(NamedTuple):
    """A server and the right to use it; "" where the file says nothing. No dataclass: `config show` imports none."""

    name: str
    line: int
    """Of its name in the file."""
    url: str
    api_key: str
    api_secret: str

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Project({self.name!r}, {self.url!r}, {self.api_key!r})"

    def shown(self) -> dict[str, str]:
        """The set with a reference in place of the secret."""
        secret = f"{SCHEME}{self.name}" if self.api_secret else ""
        return {"url": self.url, "api_key": self.api_key, "api_secret": secret}


class Projects(NamedTuple):
    """What the file holds. ``default``: the one that ``lk`` uses, "" where none is chosen."""

    file: str
    all: tuple[Project, ...]
    default: str

    def named(self, name: str) -> Project | None:
        """A project by its name."""
        return next((each for each in self.all if each.name == name), None)


def file_of(environ: Mapping[str, str]) -> str:
    """Where ``lk`` keeps its projects, by the same rule."""
    return os.path.join(environ.get("HOME") or os.path.expanduser("~"), FILE)


def read_projects(environ: Mapping[str, str]) -> Projects | None:
    """The file's projects; None where there is no file. Raises Unusable."""
    file = file_of(environ)
    read = read_text(file)
    if read is None:
        return None
    import yaml  # type: ignore[import-untyped]  # its types are a package of their own

    try:
        root = yaml.compose(read.text, Loader=yaml.SafeLoader)
    except RecursionError:
        raise unusable(file, 0, "is nested too deeply.") from None
    except yaml.YAMLError as error:
        # What the parser says may quote a secret.
        mark = getattr(error, "problem_mark", None)
        raise unusable(file, mark.line + 1 if mark else 0, "is no YAML.") from None
    if root is None:
        return Projects(file, (), "")
    top = table(root, file)
    listed = top.get("projects")
    if listed is None or is_null(listed):
        items: list[Any] = []
    elif isinstance(listed, yaml.SequenceNode):
        items = listed.value
    else:
        raise unusable(file, listed.start_mark.line + 1, "projects is no list.")
    found = tuple(project(table(each, file), each.start_mark.line + 1) for each in items)
    return Projects(file, found, text_of(top.get("default_project")))


def project(values: Mapping[str, Any], line: int) -> Project:
    """One entry of ``projects``."""
    name = values.get("name")
    return Project(
        name=text_of(name),
        line=name.start_mark.line + 1 if name is not None else line,
        **{field: text_of(values.get(field)) for field in FIELDS},
    )


def table(node: Any, file: str) -> dict[str, Any]:
    """A mapping's nodes by name. Raises Unusable for anything else."""
    if node.id != "mapping":
        raise unusable(file, node.start_mark.line + 1, "is not what lk writes.")
    return {text_of(key): value for key, value in node.value}


def text_of(node: Any) -> str:
    """A scalar as text, as Go reads it into a string; "" for nothing and for anything else."""
    if node is None or node.id != "scalar" or is_null(node):
        return ""
    return str(node.value).strip()


def is_null(node: Any) -> bool:
    """``~``, ``null`` or nothing behind the colon."""
    return bool(node.tag == "tag:yaml.org,2002:null")


def unusable(file: str, line: int, message: str) -> Unusable:
    """Nothing of the file can be used."""
    return Unusable(file, line, message, HINT, CODE)


def warning(file: str, line: int, message: str) -> Problem:
    """What is wrong with it is no mistake of Greenroom's settings: it is another program's file."""
    return Problem("warning", file, line, "", message, HINT, CODE)


def layers(environ: Mapping[str, str]) -> list[Layer]:
    """The default project as the lowest layer that people write; empty where there is no file. Never raises."""
    try:
        projects = read_projects(environ)
    except Unusable as error:
        found = error.problem
        told = warning(found.file, found.line, found.message)
        return [Layer(LAYER, found.file, {}, no_lines, (told,))]
    if projects is None:
        return []
    return [layer_of(projects)]


def layer_of(projects: Projects) -> Layer:
    """The ``api`` table of the default project, else why there is none."""
    file, chosen = projects.file, projects.named(projects.default)
    if not projects.default:
        return Layer(LAYER, file, {}, no_lines)
    if chosen is None:
        message = f"names {projects.default} as default_project, and has no project of that name."
        return Layer(LAYER, file, {}, no_lines, (warning(file, 0, message),))
    missing = [field for field in FIELDS if not getattr(chosen, field)]
    values = chosen.shown()
    api = {"url": chosen.url, "key": chosen.api_key, "secret": values["api_secret"]}
    wrong = f"has no {' and no '.join(missing)}" if missing else ""
    wrong = wrong or next((flaw.message for flaw in flaws({"api": api}, schema())), "")
    if wrong:
        message = f"the default project {chosen.name} {wrong}."
        return Layer(LAYER, file, {}, no_lines, (warning(file, chosen.line, message),))

    def line_of(path: Path) -> int:
        return chosen.line if path[:1] == ("api",) else 0

    return Layer(LAYER, file, {"api": api}, line_of)


def secret_of(name: str, environ: Mapping[str, str], key: str) -> str:
    """The API secret of a project. Raises ConfigurationError (secret-unresolved), which shows no value."""
    try:
        projects = read_projects(environ)
    except Unusable as error:
        problem = error.problem
        raise ConfigurationError(
            problem.statement(), code="secret-unresolved", hint=problem.hint
        ) from None
    found = projects.named(name) if projects else None
    if found is None or not found.api_secret:
        msg = f"{key} refers to the secret of the lk project {name}, which {file_of(environ)} does not hold."
        raise ConfigurationError(
            msg, code="secret-unresolved", hint="Look at what is there with: lk project list."
        )
    return found.api_secret


def project_of(reference: str) -> str:
    """The project that a reference names, else ""."""
    return reference.removeprefix(SCHEME) if reference.startswith(SCHEME) else ""
