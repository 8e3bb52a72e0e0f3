"""List the API keys that are known here, and which one is in use."""

from __future__ import annotations

from dataclasses import replace

from greenroom.domain.access import KeyList, KnownKey
from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.ports import Context

LOCAL = "local server"


class ListKeys(Request):
    """Nothing to say."""


def tell(_request: ListKeys, _before: None, result: KeyList) -> str:
    """The one in use, and how many others there are."""
    used = next((key for key in result.keys if key.in_use), None)
    others = len(result.keys) - (used is not None)
    more = f" {others} more {'is' if others == 1 else 'are'} known." if others else ""
    if used is None:
        return f"No API key is in use: no server is configured.{more}"
    return f"API key {used.key} is in use, from {used.source}, for {used.url}.{more}"


def local(context: Context) -> list[KnownKey]:
    """Keys of the server on this machine; the older one ends with the rotation."""
    pairs, url = context.local_keys.pairs(), context.local_keys.url()
    notes = ["", "ends with: greenroom auth finish-rotation"] if len(pairs) > 1 else [""]
    return [
        KnownKey(key=pair.key, url=url, source=LOCAL, in_use=False, note=note)
        for pair, note in zip(pairs, notes, strict=False)
    ]


@capability(
    effect="read",
    tell=tell,
    examples=(Example("list the API keys"), Example("which API key is in use?")),
)
async def list_keys(context: Context, request: ListKeys) -> KeyList:
    """Keys by name, never a secret: the set in use, those of ``LIVEKIT_*`` and the configuration, and the local server's. Raises invalid-config."""
    del request
    target = context.target
    known = [*context.configuration.key_sets(), *local(context)]
    keys, found = [], False
    for each in known:
        used = not found and (each.key, each.url) == (target.api_key, target.url)
        found = found or used
        keys.append(replace(each, in_use=used))
    if target.api_key and not found:
        keys.append(KnownKey(key=target.api_key, url=target.url, source=target.source, in_use=True))
    return KeyList(keys=tuple(sorted(keys, key=lambda key: not key.in_use)))
