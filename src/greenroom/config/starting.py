"""The commented set of files that `greenroom config init` writes: every setting, made from the schema."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from typing import Any

from greenroom.config.files import locked, write_atomically
from greenroom.config.places import MODES, PROJECT_MARK, environment_file, mode_file
from greenroom.config.reading import FENCE
from greenroom.config.schema import Node, resolved, schema
from greenroom.config.writing import MODE_OF

ENVIRONMENTS = ("development", "staging", "production")
PURPOSE = {
    "coordinator": "Takes requests and hands them to the specialists. It has no settings of its own.",
    "auth": "The server's credentials, access tokens and roles.",
    "room": "What new rooms get, and what holds in single rooms.",
    "track": "Audio, video and data that clients publish.",
    "recording": "Recordings: form, storage, text.",
    "egress": "Streams and raw exports.",
    "webhook": "Events, and who hears of them.",
}
SAMPLES: dict[str, Any] = {"string": "…", "boolean": True, "integer": 1, "array": []}


def start(root: str, project: str | None) -> tuple[list[str], list[str]]:
    """Write mode files below ``root`` and environment files of a project. Returns ``(written, there before)``.

    A file that is there stays as it is. Raises ConfigurationError (config-not-writable, disk-full).
    """
    wanted = {mode_file(root, mode): mode_text(mode) for mode in MODES}
    if project is not None:
        empty = json.dumps({"livekit": {}}, indent=2) + "\n"
        wanted |= {environment_file(project, name): empty for name in ENVIRONMENTS}
    written, before = [], []
    with locked(root):
        for file, text in wanted.items():
            if os.path.lexists(file):
                before.append(file)
                continue
            write_atomically(file, text.encode())
            written.append(file)
    return written, before


def root_of(project: str) -> str:
    """Where a project's mode files are."""
    return os.path.join(project, PROJECT_MARK)


def mode_text(mode: str) -> str:
    """A mode file in which every setting stands as a comment."""
    tables = [name for name in schema()["properties"] if MODE_OF.get(name, name) == mode]
    lines = [FENCE, f'id = "livekit-{mode}"', f'title = "LiveKit {mode.title()}"']
    for name in tables:
        lines += ["", *table_lines(schema()["properties"][name], (name,))]
    lines += [FENCE, "", f"# LiveKit {mode.title()}", "", PURPOSE[mode], ""]
    return "\n".join(lines)


def table_lines(node: Node, path: Sequence[str], *, many: bool = False) -> Iterator[str]:
    """One table, its settings as comments, then the tables below it."""
    node = resolved(node)
    below = dict(node.get("properties", {}))
    if isinstance(node.get("additionalProperties"), dict):
        below = {str(node.get("x-names", "name")): node["additionalProperties"]}
    plain = {n: resolved(b) for n, b in below.items() if not is_table(resolved(b))}
    if about := node.get("description"):
        yield f"# {about}"
    if plain or not below:
        yield f"# [[{'.'.join(path)}]]" if many else f"# [{'.'.join(path)}]"
    for name, each in plain.items():
        yield f"# {name} = {json.dumps(sample(each), ensure_ascii=False)}  # {comment(each)}"
    for name, each in below.items():
        if is_table(resolved(each)):
            items = resolved(each).get("items")
            yield ""
            yield from table_lines(items or each, (*path, name), many=items is not None)


def is_table(node: Node) -> bool:
    """Whether it is a table, or a list of tables."""
    inner = resolved(node["items"]) if node.get("type") == "array" else node
    return inner.get("type") == "object"


def sample(node: Node) -> Any:
    """A value to show: LiveKit's default, an example, the first choice, else something of its type."""
    for name in ("default", "x-example"):
        if name in node:
            return node[name]
    if "enum" in node:
        return node["enum"][0]
    if node.get("x-secret"):
        return "env:NAME"
    return SAMPLES[node["type"]] if "minimum" not in node else node["minimum"]


def comment(node: Node) -> str:
    """What it is, its unit, and whether the value shown is LiveKit's default."""
    unit = f" ({node['x-unit']})" if "x-unit" in node else ""
    default = " LiveKit's default." if "default" in node else ""
    return f"{node.get('description', '')}{unit}{default}".strip()
