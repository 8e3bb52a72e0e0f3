"""What may be shown of a request: neither stream keys nor storage keys. protocol egress/redact.go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenroom.domain.urls import redacted_url

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
