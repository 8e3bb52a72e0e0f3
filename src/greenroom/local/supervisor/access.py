"""Who may use the control over TCP: bearer tokens with scopes, and no web page of another site.

``home/run/tokens.json`` (0600) holds SHA-256 digests. Tokens have 256 random bits, so a slow hash would add
nothing. Over the Unix socket the file's permissions decide, and no token is asked for.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from greenroom.domain.errors import ConfigurationError, InvalidRequest
from greenroom.local.files import not_readable, write_private

SCOPES = ("read", "write", "destroy", "approve")
PREFIX = "grt_"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Tokens:
    """The tokens of one home."""

    def __init__(self, home: Path) -> None:
        self.path = home / "run" / "tokens.json"

    def all(self) -> dict[str, list[str]]:
        """Name → scopes. Raises ConfigurationError (local-state-damaged)."""
        return {name: list(each["scopes"]) for name, each in self._read().items()}

    def add(self, name: str, scopes: Iterable[str]) -> str:
        """Make a token; it is shown this once. Raises InvalidRequest (invalid-argument, already-exists)."""
        wanted = [scope for scope in SCOPES if scope in set(scopes)]
        if not NAME.fullmatch(name) or not wanted or set(scopes) - set(SCOPES):
            msg = "A token has a name of small letters, digits and dashes, and one scope or more."
            raise InvalidRequest(msg, hint=f"Scopes: {', '.join(SCOPES)}.")
        known = self._read()
        if name in known:
            msg = f"There is a token called {name} already."
            hint = f"Take another name, or remove it: greenroom access remove {name}."
            raise InvalidRequest(msg, code="already-exists", hint=hint)
        token = PREFIX + secrets.token_urlsafe(32)
        self._write({**known, name: {"sha256": _digest(token), "scopes": wanted}})
        return token

    def remove(self, name: str) -> None:
        """End a token. Raises InvalidRequest (not-found)."""
        known = self._read()
        if name not in known:
            msg = f"There is no token called {name}."
            raise InvalidRequest(msg, code="not-found", hint="See them: greenroom access list.")
        self._write({other: each for other, each in known.items() if other != name})

    def scopes_of(self, header: str) -> frozenset[str]:
        """What the bearer of an Authorization header may do; nothing for an unknown one. RFC 6750."""
        scheme, _, token = header.partition(" ")
        digest = _digest(token.strip()) if scheme.lower() == "bearer" else ""
        found: frozenset[str] = frozenset()
        for each in self._read().values():
            if hmac.compare_digest(each["sha256"], digest):
                found = frozenset(each["scopes"])
        return found

    def _read(self) -> dict[str, Any]:
        try:
            shape = json.loads(self.path.read_text("utf-8"))
            return {
                str(name): {"sha256": str(each["sha256"]), "scopes": [*each["scopes"]]}
                for name, each in shape["tokens"].items()
            }
        except FileNotFoundError:
            return {}
        except PermissionError as error:
            raise not_readable(self.path, error) from error
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            msg = f"The tokens cannot be read: {self.path}."
            hint = "Delete that file and make new tokens: greenroom access add."
            raise ConfigurationError(msg, code="local-state-damaged", hint=hint) from error

    def _write(self, tokens: Mapping[str, Any]) -> None:
        write_private(self.path, json.dumps({"tokens": tokens}, indent=2) + "\n")


def from_this_machine(headers: Mapping[str, str], port: int) -> bool:
    """Whether Host and Origin name this server on loopback.

    A name that an attacker's DNS points at 127.0.0.1 comes with its own Host (DNS rebinding), and a page of
    another site with its own Origin.
    """
    ours = {f"{name}:{port}" for name in LOOPBACK_NAMES}
    origin = headers.get("origin")
    if headers.get("host", "").lower() not in ours:
        return False
    return origin is None or origin.lower() in {f"http://{host}" for host in ours}


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
