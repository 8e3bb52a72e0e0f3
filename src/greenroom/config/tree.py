"""The tree that exports are made of: secrets as references to environment variables, nothing resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greenroom.config.references import variable_of
from greenroom.config.schema import below, flaws, is_reference, resolved, schema, shown_key, snake
from greenroom.domain.errors import ConfigurationError

DOMAINS: Mapping[str, Sequence[str]] = {
    "api": ("api",),
    "auth": ("api", "auth"),
    "room": ("room",),
    "track": ("track",),
    "recording": ("recording",),
    "egress": ("egress",),
    "webhook": ("webhook",),
}
"""Domain of an export → its tables."""
MASK = "***"
ALWAYS = {"url": "${LIVEKIT_URL}", "key": "${LIVEKIT_API_KEY}", "secret": "${LIVEKIT_API_SECRET}"}
"""The server's set: whoever deploys an export names the key by these variables."""


def exported(tree: Mapping[str, Any], domain: str | None, *, mask: bool) -> dict[str, Any]:
    """``{"livekit": {…}}`` of one domain or all, checked against the schema.

    Raises ConfigurationError (invalid-config) for a domain that is none or a tree that does not fit.
    """
    if domain is not None and domain not in DOMAINS:
        msg = f"There is no domain {domain}."
        raise ConfigurationError(
            msg, code="invalid-config", hint=f"There are {', '.join(DOMAINS)}; none is all."
        )
    tables = DOMAINS[domain] if domain else list(schema()["properties"])
    chosen = {name: tree[name] for name in tables if name in tree}
    if "api" in tables:
        api = {"url": ALWAYS["url"], **tree.get("api", {})}
        for name in ("key", "secret"):
            api[name] = api[name] if is_reference(api.get(name, "")) else ALWAYS[name]
        chosen = {"api": api} | {name: tree[name] for name in chosen if name != "api"}
    made: dict[str, Any] = portable(chosen, schema(), ("livekit",))
    for flaw in flaws(made, schema()):
        msg = f"The export would not fit the schema: {shown_key(flaw.path)} {flaw.message}."
        raise ConfigurationError(msg, code="invalid-config", hint=flaw.hint)
    return {"livekit": masked(made, schema()) if mask else made}


def portable(value: Any, node: Mapping[str, Any], path: tuple[str | int, ...]) -> Any:
    """References as ``${NAME}``; files of this machine become the variable that is named like the setting."""
    if isinstance(value, dict):
        return {n: portable(each, below(node, n), (*path, n)) for n, each in value.items()}
    if isinstance(value, list):
        return [
            portable(item, resolved(node)["items"], (*path, at)) for at, item in enumerate(value)
        ]
    if isinstance(value, str) and is_reference(value):
        return f"${{{variable_of(value) or variable_name(path)}}}"
    return value


def variable_name(path: Sequence[str | int]) -> str:
    """``LIVEKIT_EGRESS_STORAGE_CREDENTIALS``: the path in UPPER_SNAKE."""
    text = "_".join(snake(str(part)) for part in path).upper()
    return "".join(c if c.isalnum() and c.isascii() else "_" for c in text)


def masked(value: Any, node: Mapping[str, Any]) -> Any:
    """Secrets as ``***``."""
    node = resolved(node)
    if node.get("x-secret"):
        return MASK
    if isinstance(value, dict):
        return {n: masked(each, below(node, n)) for n, each in value.items()}
    if isinstance(value, list):
        return [masked(item, node["items"]) for item in value]
    return value
