"""Makes the compiled catalogue from the capability files. Imports every one of them: slow, and only done when they change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from greenroom.domain.capability import Capability, Kind, Means, Secret, Setting, Words
from greenroom.domain.marks import SECRET_KINDS
from greenroom.hub.catalogue import load_capability, load_rule
from greenroom.hub.compiled import capability_files
from greenroom.understanding.build import build, ceased


def compile_catalogue() -> dict[str, Any]:
    """``{capabilities, broken, planner}``. A file that cannot be loaded is named in ``broken`` and harms nothing else."""
    capabilities: dict[str, Any] = {}
    broken: dict[str, str] = {}
    for identifier, file in capability_files():
        try:
            declared = load_capability(identifier)
            for rule in declared.rules:
                load_rule(rule)
            lines = said_lines(Path(file).with_suffix(".says"))
            described = describe(declared) | phrases(lines)
            add_words(described["fields"], lines)
            check_placeholders(described["fields"], lines)
            capabilities[identifier] = described
        except Exception as fault:  # noqa: BLE001 - whatever a broken file raises, the others must load
            broken[identifier] = f"{type(fault).__name__}: {fault}"
    return {"capabilities": capabilities, "broken": broken, "planner": build(capabilities)}


def describe(declared: Capability) -> dict[str, Any]:
    """What doors, docs and planner need of one capability."""
    return {
        "id": declared.id,
        "mode": declared.mode,
        "summary": declared.summary,
        "effect": declared.effect,
        "grant": declared.grant,
        "positional": list(declared.positional),
        "rules": list(declared.rules),
        "cannot_undo": declared.cannot_undo,
        "result": declared.result.__name__,
        "returns": (declared.run.__doc__ or "").strip(),
        "fields": fields_of(declared),
        "one_of": [list(group) for group in declared.request.one_of],
        "sets": declared.request.sets,
        "examples": [[example.sentence, dict(example.arguments)] for example in declared.examples],
    }


def fields_of(declared: Capability) -> dict[str, Any]:
    """Each argument: kind, JSON type, words, meanings."""
    schema = declared.request.model_json_schema()
    definitions = schema.get("$defs", {})
    return {
        name: describe_field(info, schema["properties"][name], definitions)
        for name, info in declared.request.model_fields.items()
    }


def describe_field(
    info: FieldInfo, schema: dict[str, Any], definitions: dict[str, Any]
) -> dict[str, Any]:
    """One argument, from its annotation and its JSON schema."""
    shape = value_schema(schema, definitions)
    many = shape.get("type") == "array"
    item = value_schema(shape["items"], definitions) if many else shape
    kind = next((mark for mark in info.metadata if isinstance(mark, Kind)), None)
    words = [word for mark in info.metadata if isinstance(mark, Words) for word in mark.words]
    means = [[m.value, list(m.phrases)] for m in info.metadata if isinstance(m, Means)]
    return {
        "kind": str(kind or ""),
        "type": item.get("type", "string"),
        "many": many,
        "choices": item.get("enum", []),
        "required": info.is_required(),
        "default": None if info.is_required() else info.get_default(call_default_factory=True),
        "description": info.description or "",
        "words": words,
        "means": means,
        "settings": [
            key for mark in info.metadata if isinstance(mark, Setting) for key in mark.keys
        ],
        "secret": kind in SECRET_KINDS or any(isinstance(mark, Secret) for mark in info.metadata),
    }


def value_schema(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of the value itself: references followed, "or null" left out."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    options = [option for option in schema.get("anyOf", []) if option.get("type") != "null"]
    return value_schema(options[0], definitions) if options else schema


def said_lines(file: Path) -> list[str]:
    """The lines of a ``.says`` file, without comments."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [line for raw in lines if (line := raw.strip()) and line[0] != "#"]


def phrases(lines: Sequence[str]) -> dict[str, list[str]]:
    """Phrases, counterexamples (which begin with ``!``), and what they make an end of."""
    said = [line for line in lines if line[0] not in "!@"]
    not_said = [line[1:].strip() for line in lines if line[0] == "!"]
    return {"says": said, "not_says": not_said, "ceases": ceased(said)}


def check_placeholders(fields: dict[str, Any], lines: Sequence[str]) -> None:
    """Raises ValueError for a ``{placeholder}`` that is no field of the capability."""
    for line in lines:
        for name in re.findall(r"\{(\w+)\}", line) if line[0] not in "!@" else ():
            if name not in fields:
                msg = f"{line!r}: there is no field {name}"
                raise ValueError(msg)


def add_words(fields: dict[str, Any], lines: Sequence[str]) -> None:
    """Lines ``@field: words, words`` say what else stands beside a field; ``@field=value: words`` what means a value.

    Raises ValueError for a field or a value that the capability does not have.
    """
    for line in lines:
        if line[0] != "@":
            continue
        about, _, words = line[1:].partition(":")
        name, _, value = about.strip().partition("=")
        said = [word.strip() for word in words.split(",") if word.strip()]
        if name not in fields:
            msg = f"{line!r}: there is no field {name}"
            raise ValueError(msg)
        if not value:
            fields[name]["words"] += said
            continue
        meant: Any = {"true": True, "false": False}.get(value, value)
        known = [m for m in fields[name]["means"] if m[0] == meant]
        if not known and not isinstance(meant, bool) and meant not in fields[name]["choices"]:
            msg = f"{line!r}: {name} is never {value}"
            raise ValueError(msg)
        if known:
            known[0][1] += said
        else:
            fields[name]["means"].append([meant, said])
