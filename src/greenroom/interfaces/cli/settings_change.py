"""Settings changed by key, and the starting set: what `greenroom config set|unset|init` do. Needs no click."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from greenroom.config.configuration import Configuration, shorter
from greenroom.config.layers import Sources, environments, parse_value
from greenroom.config.schema import find_key, shown_key
from greenroom.domain.errors import ConfigurationError
from greenroom.interfaces.cli.settings import answer, sources

if TYPE_CHECKING:
    from greenroom.domain.ports import Place

RETENTION = "recording.retentionDays"
TELL = (
    "A recorder deletes by what it was told, and writing a file tells it nothing: "
    "`greenroom recording configure --retention {hours}h` does."
)


def set_value(
    key: str, text: str | None, environment: str | None, place: Place | None, *, as_json: bool
) -> int:
    """Set a key to a value that is written as text; None removes it. Returns the exit code."""
    from greenroom.config.writing import apply_changes, file_for

    def work() -> dict[str, Any]:
        found = sources(environment)
        path, node = find_key(key)
        at = place or ("environment" if environment else None)
        if text is None:
            value, done = None, "is removed from"
        else:
            value, done = parsed(text, node, shown_key(path)), "is set in"
        warnings = new_environment(found) if at == "environment" else []
        written = apply_changes(found, {key: value}, at)
        config = Configuration(found)
        (now,) = config.explain(shown_key(path))[:1] or (None,)
        if shown_key(path) == RETENTION:
            warnings.append(TELL.format(hours=24 * int(now.value if now and now.value else 0)))
        file = written[0] if written else file_for(found, path[0], at)
        other = now is not None and now.source is not None and now.source.file != file
        if text is not None and other and now is not None and now.source is not None:
            warnings.append(f"It has no effect here: {now.source.place()} overrides it.")
        broken = next((p for p in config.problems if p.severity == "error"), None)
        if broken is not None:
            warnings.append(f"Nothing is used before this is mended: {broken.sentence()}")
        where = shorter(file)
        message = f"{shown_key(path)} {done} {where}."
        if not written:
            was = "was not set there" if text is None else "was that already"
            message = f"{shown_key(path)} {was}: {where} stays as it is."
        return {
            "message": message,
            "environment": found.environment,
            "files": written,
            "settings": now.as_dict() if now else None,
            "warnings": warnings,
        }

    return answer(as_json, work, lambda found: f"✓ {found['message']}")


def new_environment(found: Sources) -> list[str]:
    """A warning where a change is about to begin an environment: it may be a slip of the pen."""
    known = environments(found.project)
    if not known or found.environment in known:
        return []
    return [f"It begins a new environment, {found.environment}; there were {', '.join(known)}."]


def parsed(text: str, node: Mapping[str, Any], key: str) -> Any:
    """A value from a command line. Raises ConfigurationError (invalid-config)."""
    try:
        return parse_value(text, node)
    except ValueError as error:
        raise ConfigurationError(f"{key} {error}.", code="invalid-config") from None


def init(*, user: bool, as_json: bool) -> int:
    """Write the starting set. Returns the exit code."""
    from greenroom.config.starting import root_of, start

    def work() -> dict[str, Any]:
        folder = os.path.abspath(os.curdir)
        found = sources(None)
        root = found.user if user else root_of(folder)
        written, before = start(root, None if user else folder)
        kept = f" {len(before)} files were there and stay as they are." if before else ""
        return {
            "message": f"{len(written)} files written below {shorter(root)}.{kept}",
            "files": written,
            "kept": before,
        }

    def text(found: Mapping[str, Any]) -> str:
        return "\n".join([*map(shorter, found["files"]), f"✓ {found['message']}"])

    return answer(as_json, work, text)
