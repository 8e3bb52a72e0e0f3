"""Sets and removes single settings in mode files and environment files; everything else in them stays, comments too."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

from greenroom.config.files import change_file
from greenroom.config.layer import Problem
from greenroom.config.layers import Sources, at
from greenroom.config.places import PROJECT_MARK, environment_file, mode_file
from greenroom.config.reading import (
    FENCE,
    Text,
    Unusable,
    front_matter,
    read_environment_file,
    read_mode_file,
    read_text,
    settings_of,
)
from greenroom.config.schema import below, child, find_key, flaws, schema, shown_key
from greenroom.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from greenroom.domain.ports import Place

Changes = Mapping[str, Any]
"""Key → value; None removes the setting."""
MODE_OF = {"api": "auth"}
"""Table → the mode whose file holds it, where that is not the table's own name."""


def place_of(sources: Sources, place: Place | None) -> Place:
    """Where people configure unless they say otherwise: the project if there is one, else the user's folder."""
    return place or ("project" if sources.project else "user")


def file_for(sources: Sources, table: str, place: Place | None = None) -> str:
    """The file that a change of a table goes to. Raises ConfigurationError where the place does not exist."""
    where = place_of(sources, place)
    if where == "user":
        return mode_file(sources.user, MODE_OF.get(table, table))
    if sources.project is None:
        msg = (
            f"There is no project here: no folder from {os.getcwd()} upwards holds {PROJECT_MARK}."
        )
        hint = "Make one with `greenroom config init`, or change your own settings with --user."
        raise ConfigurationError(msg, code="config-not-writable", hint=hint)
    if where == "environment":
        return environment_file(sources.project, sources.environment)
    return mode_file(os.path.join(sources.project, PROJECT_MARK), MODE_OF.get(table, table))


def apply_changes(sources: Sources, changes: Changes, place: Place | None = None) -> list[str]:
    """Write each change into its file. Returns the files that are different now.

    All are checked before the first is written. Raises ConfigurationError (unknown-setting, invalid-config,
    secret-in-clear, config-not-writable, config-unreadable, disk-full).
    """
    by_file: dict[str, dict[tuple[str, ...], Any]] = {}
    for key, value in changes.items():
        path, node = find_key(key)
        if value is not None:
            check_value(path, value)
        elif "type" not in node:
            continue
        by_file.setdefault(file_for(sources, path[0], place), {})[path] = value
    written = []
    for file, wanted in by_file.items():
        edit = edit_json if file.endswith(".json") else edit_mode_file
        if change_file(file, lambda file=file, wanted=wanted, edit=edit: edit(file, wanted)):  # type: ignore[misc]
            written.append(file)
    return written


def check_value(path: Sequence[str], value: Any) -> None:
    """Raises ConfigurationError (invalid-config, secret-in-clear) for the first thing that does not fit."""
    _, node = find_key(shown_key(path))
    for flaw in flaws(value, node, tuple(path)):
        msg = f"{shown_key(flaw.path)} {flaw.message}."
        raise ConfigurationError(msg, code=flaw.code, hint=flaw.hint)


def written_value(sources: Sources, key: str, place: Place | None = None) -> tuple[str, Any]:
    """``(file, value)`` as the file that a change goes to says now; None where it says nothing.

    Raises ConfigurationError (unknown-setting, invalid-config, config-unreadable).
    """
    path, _ = find_key(key)
    file = file_for(sources, path[0], place)
    read = read_environment_file if file.endswith(".json") else read_mode_file
    layer = read(file, "")
    if layer is None:
        return file, None
    refuse_broken(layer.problems)
    return file, at(layer.tree, path)


def refuse_broken(problems: Sequence[Problem]) -> None:
    """A file that is not understood is not written: raises ConfigurationError with its first mistake."""
    for problem in problems:
        if problem.severity == "error":
            raise ConfigurationError(problem.statement(), code=problem.code, hint=problem.hint)


def text_of(file: str) -> Text | None:
    """The file's text, None when it is not there. Raises ConfigurationError (config-unreadable)."""
    try:
        return read_text(file)
    except Unusable as unusable:
        refuse_broken((unusable.problem,))
        raise


def bytes_of(text: str, like: Text | None) -> bytes:
    """Text as bytes, with the mark and the line ends that the file had."""
    if like is not None and like.crlf:
        text = text.replace("\n", "\r\n")
    return text.encode("utf-8-sig" if like is not None and like.bom else "utf-8")


def edit_mode_file(file: str, wanted: Mapping[tuple[str, ...], Any]) -> bytes | None:
    """The file's content with the changes made; None when nothing is different."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    read = text_of(file)
    layer = read_mode_file(file, "")
    if layer is not None:
        syntax = [p for p in layer.problems if not p.key or p.message.startswith("is set twice")]
        refuse_broken(syntax)
    text = read.text if read is not None else new_mode_file(file)
    cut = front_matter(text)
    if cut is None:
        text, cut = f"{FENCE}\n{FENCE}\n\n{text}", ("", 4, 4)
    toml, begin, end = cut
    try:
        document = tomlkit.parse(toml)
        for path, value in wanted.items():
            put(document, path, value, tomlkit.table)
        edited = tomlkit.dumps(document)
    except TOMLKitError as error:
        msg = f"{file}: {error}."
        raise ConfigurationError(msg, code="invalid-config") from error
    if edited == toml:
        return None
    if not edited.endswith("\n"):
        edited += "\n"
    return bytes_of(text[:begin] + edited + text[end:], read)


def new_mode_file(file: str) -> str:
    """A mode file that sets nothing."""
    name = os.path.basename(file).removesuffix(".mode.md")
    title = name.replace("livekit-", "LiveKit ").title().replace("Livekit", "LiveKit")
    return f'{FENCE}\nid = "{name}"\n{FENCE}\n\n# {title}\n'


def edit_json(file: str, wanted: Mapping[tuple[str, ...], Any]) -> bytes | None:
    """An environment file's content with the changes made; None when nothing is different."""
    layer = read_environment_file(file)
    if layer is not None:
        refuse_broken([problem for problem in layer.problems if not problem.key])
    read = text_of(file)
    raw: dict[str, Any] = (
        json.loads(read.text) if read is not None and read.text.strip() else {"livekit": {}}
    )
    before = json.dumps(raw)
    root = settings_of(raw, file)
    for path, value in wanted.items():
        put(root, path, value, dict)
    if read is not None and json.dumps(raw) == before:
        return None
    return bytes_of(json.dumps(raw, indent=2, ensure_ascii=False) + "\n", read)


def put(tree: MutableMapping[str, Any], path: Sequence[str], value: Any, new_table: Any) -> None:
    """Set or remove one value, in the spelling that the file uses. Tables that become empty are removed, too."""
    node: Any = schema()
    tables: list[tuple[MutableMapping[str, Any], str]] = []
    for depth, part in enumerate(path):
        spelled = next((k for k in tree if (found := child(node, k)) and found[0] == part), None)
        node = below(node, part)
        last = depth == len(path) - 1
        if spelled is None and value is None:
            return
        tables.append((tree, spelled or part))
        if last:
            break
        if spelled is None:
            tree[part] = new_table()
        tree = tree[spelled or part]
        if not isinstance(tree, MutableMapping):
            msg = f"{shown_key(path[: depth + 1])} is no table in this file."
            raise ConfigurationError(msg, code="invalid-config", hint="Remove it first.")
    table, name = tables[-1]
    if value is None:
        del table[name]
        for (outer, inner), _ in zip(reversed(tables[:-1]), tables, strict=False):
            if outer[inner]:
                break
            del outer[inner]
    else:
        table[name] = value
