"""What may be shown of a request: neither stream keys nor storage keys. protocol egress/redact.go, utils/url.go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.protobuf.message import Message

SECRET = frozenset(
    {
        "access_key",
        "secret",
        "session_token",
        "assume_role_external_id",
        "credentials",
        "account_name",
        "account_key",
        "password",
    }
)
"""Fields of storage settings; LiveKit shows their names in braces in place of them."""
_STREAM = re.compile(r"^(rtmps?://)(.*/)(.*/)(\S*)( live=1)?$")


def redacted_url(url: str) -> str:
    """``rtmp://host/app/{abc...xyz}``, as LiveKit shows it; another kind of URL loses user and query."""
    match = _STREAM.match(url)
    if match:
        scheme, host, app, key, live = match.groups()
        return f"{scheme}{host}{app}{_key(key)}{live or ''}"
    return re.sub(r"(?<=//)[^/@]*@", "", url).partition("?")[0]


def _key(key: str) -> str:
    for count in (3, 2, 1):
        if len(key) >= 3 * count:
            return f"{{{key[:count]}...{key[-count:]}}}"
    return "{...}"


def redact(message: Message) -> None:
    """Take every secret out of a request, in place."""
    every: Any = message
    for field, value in list(every.ListFields()):
        if field.name in {"urls", "add_output_urls"}:
            value[:] = [redacted_url(url) for url in value]
        elif field.name == "url" and field.containing_type.name == "StreamDestination":
            every.url = redacted_url(value)
        elif field.name in SECRET:
            setattr(every, field.name, f"{{{field.name}}}")
        elif field.message_type is not None and not field.message_type.GetOptions().map_entry:
            for one in value if field.is_repeated else [value]:
                redact(one)
