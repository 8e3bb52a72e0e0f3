"""New API keys."""

from __future__ import annotations

import secrets

from greenroom.domain.access import ApiKeyPair

SECRET_BYTES = 36
"""48 characters of base64url, more than the 32 that LiveKit asks for."""


def new_pair() -> ApiKeyPair:
    """``API`` and 12 hex digits; a secret of 288 random bits, in letters, digits, - and _ alone: safe in YAML."""
    return ApiKeyPair(key=f"API{secrets.token_hex(6)}", secret=secrets.token_urlsafe(SECRET_BYTES))
