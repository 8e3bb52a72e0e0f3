"""The one schema (``schema.json``, JSON Schema 2020-12) and a validator for the part of it that we use.

The part: type, properties, additionalProperties, items, enum, minimum, maximum, minLength, $ref into $defs.
A library for all of JSON Schema costs more to import than reading the settings does.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from greenroom.domain.errors import ConfigurationError

Node = Mapping[str, Any]
Path = tuple[str | int, ...]
# Patterns are texts: re keeps those that are used compiled, and most starts use none of them.
HUMP = r"(?<=[a-z0-9])(?=[A-Z])"
REFERENCE = r"env:[A-Za-z_][A-Za-z0-9_]*|\$\{[A-Za-z_][A-Za-z0-9_]*\}|file:.+|lk:.+"
"""``env:NAME``, ``${NAME}``, ``file:path`` or ``lk:project``."""
URL = r"(?:wss?|https?)://[^\s/@?#]+(?:[/?#]\S*)?"
PART = r'"((?:[^"\\]|\\.)*)"|([^."]+)'
KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
}
CALLED = {
    "object": "a table",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
}


class Flaw(NamedTuple):
    """What is wrong with the value at a path."""

    path: Path
    message: str
    hint: str = ""
    code: str = "invalid-config"


@cache
def schema() -> dict[str, Any]:
    """The whole schema."""
    with open(os.path.join(os.path.dirname(__file__), "schema.json"), "rb") as file:
        read: dict[str, Any] = json.load(file)
    return read


def resolved(node: Node) -> Node:
    """The node itself, references into ``$defs`` followed."""
    if "$ref" in node:
        found: Node = schema()["$defs"][node["$ref"].rpartition("/")[2]]
        return found
    return node


def snake(name: str) -> str:
    """``maxParticipants`` → ``max_participants``."""
    return re.sub(HUMP, "_", name).lower()


def is_reference(value: str) -> bool:
    """Whether it says where a value is, instead of being it."""
    return re.fullmatch(REFERENCE, value) is not None


def known_names(node: Node) -> tuple[str, ...]:
    """The names that a table may have by the schema; () where people choose them."""
    return tuple(resolved(node).get("properties", ()))


def child(node: Node, name: str | int, *, fold: bool = False) -> tuple[str | int, Node] | None:
    """``(canonical name, node)`` of what stands under a name in a table or list; None when nothing may.

    ``fold``: capitals and underscores do not count, as in names of environment variables.
    """
    node = resolved(node)
    if isinstance(name, int):
        return (name, node["items"]) if "items" in node else None
    for known, below in node.get("properties", {}).items():
        if name in (known, snake(known)) or (fold and name.lower() == snake(known)):
            return known, below
    others = node.get("additionalProperties")
    if isinstance(others, Mapping):
        return (name.lower() if fold else name), others
    return None


def below(node: Node, name: str | int) -> Node:
    """The node under a name that is known to be there."""
    found = child(node, name)
    if found is None:
        raise KeyError(name)
    return found[1]


def nearest(name: str, known: Sequence[str]) -> str:
    """The known name that was probably meant, else ""."""
    from difflib import get_close_matches

    by_snake = {snake(each): each for each in known}
    found = get_close_matches(snake(name), by_snake, n=1, cutoff=0.6)
    return by_snake[found[0]] if found else ""


def split_key(text: str) -> list[str]:
    """``room.policies."my.room".hidden`` → its parts. Raises ConfigurationError (unknown-setting)."""
    parts, at, pattern = [], 0, re.compile(PART)
    while at < len(text):
        found = pattern.match(text, at)
        if found is None:
            break
        parts.append(found[2] if found[1] is None else found[1].replace('\\"', '"'))
        at = found.end()
        if at < len(text):
            if text[at] != "." or at + 1 == len(text):
                break
            at += 1
    else:
        if parts:
            return parts
    msg = f"{text!r} is no name of a setting."
    raise ConfigurationError(
        msg, code="unknown-setting", hint="Write it as in room.defaultSettings.maxParticipants."
    )


@cache
def find_key(text: str) -> tuple[tuple[str, ...], Node]:
    """``(canonical path, node)`` of a key as people write it. Raises ConfigurationError (unknown-setting)."""
    node: Node = schema()
    path: list[str] = []
    parts = split_key(text)
    if parts[0] == "livekit":
        parts = parts[1:]
    for part in parts:
        found = child(node, part)
        if found is None:
            raise unknown(path, part, node, text)
        name, node = found
        path.append(str(name))
    return tuple(path), resolved(node)


def unknown(path: Sequence[str], part: str, node: Node, text: str) -> ConfigurationError:
    """There is no such setting; what was probably meant."""
    names = known_names(node)
    near = nearest(part, names) or (nearest(text, all_keys()) if not path else "")
    whole = near if "." in near else ".".join([*path, near])
    inside = (
        f"{'.'.join(path)} has {', '.join(names)}." if path else f"There are {', '.join(names)}."
    )
    if not near and (ends := keys_ending(part, path)):
        whole = near = " or ".join(ends)
    hint = (
        f"Did you mean {whole}?" if near else (inside if names else f"{'.'.join(path)} is a value.")
    )
    return ConfigurationError(f"There is no setting {text}.", code="unknown-setting", hint=hint)


def keys_ending(name: str, path: Sequence[str]) -> list[str]:
    """Settings below a path whose own name this is, for people who leave out the tables; three at most."""
    start = "".join(f"{part}." for part in path)
    keys = [key for key in all_keys() if key.startswith(start)]
    return [key for key in keys if snake(key.rpartition(".")[2]) == snake(name)][:3]


@cache
def all_keys() -> tuple[str, ...]:
    """Every setting by its dotted key; ``<role>`` and the like stand for names that people choose."""
    return tuple(shown_key(path) for path, _ in leaves(schema()))


def leaves(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """``(path, node)`` of every setting; ``<name>`` where people choose the name, ``[]`` inside lists of tables."""
    node = resolved(node)
    below = list(node.get("properties", {}).items())
    if isinstance(node.get("additionalProperties"), Mapping):
        below.append((f"<{node.get('x-names', 'name')}>", node["additionalProperties"]))
    items = node.get("items")
    if items is not None and resolved(items).get("type") == "object":
        below = list(resolved(items)["properties"].items())
        path = (*path[:-1], f"{path[-1]}[]")
    for name, each in below:
        yield from leaves(each, (*path, name))
    if not below:
        yield path, node


def shown_key(path: Sequence[str | int]) -> str:
    """A path as people read it; names with dots or spaces in quotes."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
            continue
        plain = re.fullmatch(r"[\w<>\[\]-]+", part)
        text += ("." if text else "") + (part if plain else json.dumps(part, ensure_ascii=False))
    return text


def flaws(value: Any, node: Node, path: Path = ()) -> Iterator[Flaw]:
    """Everything that does not fit. The value's names are canonical already."""
    node = resolved(node)
    kind = node.get("type", "object")
    if not fits(value, kind):
        yield Flaw(path, f"must be {CALLED[kind]}, not {called(value)}")
        return
    if kind == "object":
        for name, below in value.items():
            found = child(node, name)
            if found is None:
                yield Flaw((*path, name), "is no setting", hint_for(name, node))
            else:
                yield from flaws(below, found[1], (*path, name))
    elif kind == "array":
        for index, item in enumerate(value):
            yield from flaws(item, node["items"], (*path, index))
    else:
        yield from scalar_flaws(value, node, path)


def scalar_flaws(value: Any, node: Node, path: Path) -> Iterator[Flaw]:
    """Ranges, choices, and secrets that are not references."""
    if node.get("x-secret") and not is_reference(value):
        hint = (
            "Write env:NAME, ${NAME} or file:path instead; "
            "`greenroom coordinator configure-credentials` stores the API secret safely."
        )
        yield Flaw(path, "holds a secret in clear text", hint, "secret-in-clear")
    if node.get("x-url") and not is_reference(value) and re.fullmatch(URL, value) is None:
        hint = "It looks like wss://livekit.example.com, or ws://localhost:7880."
        yield Flaw(path, "is no URL of a LiveKit server", hint, "invalid-url")
    if "enum" in node and value not in node["enum"]:
        near = nearest(str(value), node["enum"])
        choices = ", ".join(node["enum"])
        yield Flaw(
            path,
            f"cannot be {short(value)}",
            f"Did you mean {near}?" if near else f"It may be {choices}.",
        )
    if "minimum" in node and value < node["minimum"]:
        yield Flaw(path, f"must be at least {node['minimum']}, not {short(value)}")
    if "maximum" in node and value > node["maximum"]:
        yield Flaw(path, f"must be at most {node['maximum']}, not {short(value)}")
    if len(str(value)) < node.get("minLength", 0):
        yield Flaw(path, "must not be empty")


def hint_for(name: str, node: Node) -> str:
    """What was probably meant, else what there is."""
    names = known_names(node)
    near = nearest(name, names)
    return f"Did you mean {near}?" if near else f"There are {', '.join(names) or 'no more names'}."


def fits(value: Any, kind: str) -> bool:
    """Whether a value is of a JSON type; true and false are no numbers."""
    return isinstance(value, KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def called(value: Any) -> str:
    """A value's type in words."""
    if value is None:
        return "nothing"
    if isinstance(value, float):
        return "a number with a fraction"
    return next((CALLED[kind] for kind in KINDS if fits(value, kind)), f"a {type(value).__name__}")


def short(value: Any) -> str:
    """A value inside a sentence."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
