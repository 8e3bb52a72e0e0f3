"""Where files of recordings and exports go, as the settings say it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from greenroom.domain.egress import Storage
from greenroom.domain.errors import ConfigurationError
from greenroom.domain.ports import Context

CREDENTIALS = "egress.storage.credentials"
HINT = (
    'It leads to a JSON object: {"access_key": …, "secret": …} for s3 and alioss, '
    '{"account_name": …, "account_key": …} for azure, the key file of a service account for gcp.'
)


def storage(context: Context, mode: Literal["recording", "egress"]) -> Storage | None:
    """None where no type is set. Raises ConfigurationError (invalid-config, secret-unresolved)."""
    settings = context.settings.now()
    said: Mapping[str, Any] = settings.chosen(f"{mode}.storage") or {}
    if not said.get("type"):
        return None
    access: Mapping[str, Any] = settings.chosen("egress.storage") or {}
    kind = said["type"]
    return Storage(
        type=kind,
        bucket=said.get("bucket", ""),
        region=said.get("region", ""),
        endpoint=access.get("endpoint", "") if kind == access.get("type", kind) else "",
        prefix=said.get("prefix", ""),
        credentials={} if kind == "local" else credentials(context, kind),
    )


def credentials(context: Context, kind: str) -> dict[str, str]:
    """Access to a storage by LiveKit's names; empty where no reference is set: the service has its own then."""
    text = context.settings.secret(CREDENTIALS)
    if not text:
        return {}
    found = parsed(text)
    if found is None:
        msg = f"What {CREDENTIALS} refers to is no JSON object."
        raise ConfigurationError(msg, code="invalid-config", hint=HINT)
    if kind == "gcp":
        return {"credentials": text}
    return {str(name): str(value) for name, value in found.items()}


def parsed(text: str) -> Mapping[str, Any] | None:
    """A JSON object; None for anything else."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


WHO = {"livekit": "LiveKit's Egress service", "greenroom": "Greenroom's recorder"}
"""Who records, in words."""
