"""API keys of the server on this machine: generated once, kept in ``home/server/keys.json`` (0600), rotated."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from greenroom.domain.errors import ConfigurationError
from greenroom.local.files import not_readable, write_private


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key and its secret."""

    key: str
    secret: str = field(repr=False)

    @staticmethod
    def generate() -> ApiKey:
        """A new one: ``API`` and 12 hex digits, 48 characters of secret."""
        import secrets

        return ApiKey(f"API{secrets.token_hex(6)}", secrets.token_urlsafe(36))


class KeyFile:
    """The keys of one home. The first is the one to use; any others are being phased out."""

    def __init__(self, home: Path) -> None:
        self.path = home / "server" / "keys.json"

    def read(self) -> list[ApiKey]:
        """The keys, none where there is no file. Raises ConfigurationError (local-state-damaged)."""
        try:
            shape = json.loads(self.path.read_text("utf-8"))
            keys = [ApiKey(each["key"], each["secret"]) for each in shape["keys"]]
        except FileNotFoundError:
            return []
        except PermissionError as error:
            raise not_readable(self.path, error) from error
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise self._damaged() from error
        if not keys or not all(_usable(each) for each in keys):
            raise self._damaged()
        return keys

    def read_or_make(self) -> list[ApiKey]:
        """The keys; the first call makes one. Raises ConfigurationError."""
        keys = self.read()
        if not keys:
            keys = [ApiKey.generate()]
            self._write(keys)
        return keys

    def add(self) -> list[ApiKey]:
        """A new key in front of those there are. Raises ConfigurationError (rotation-open) for a third."""
        keys = self.read_or_make()
        if len(keys) > 1:
            msg = f"A rotation is open: {keys[1].key} is still valid beside {keys[0].key}."
            hint = "Finish it first: greenroom auth finish-rotation."
            raise ConfigurationError(msg, code="rotation-open", hint=hint)
        keys = [ApiKey.generate(), *keys]
        self._write(keys)
        return keys

    def finish(self) -> list[ApiKey]:
        """The newest key alone. Raises ConfigurationError (rotation-not-open) when it is alone already."""
        keys = self.read_or_make()
        if len(keys) == 1:
            msg = f"No rotation is open: {keys[0].key} is the only key."
            hint = "Begin one: greenroom auth rotate-key."
            raise ConfigurationError(msg, code="rotation-not-open", hint=hint)
        self._write(keys[:1])
        return keys[:1]

    def _write(self, keys: list[ApiKey]) -> None:
        shape = {"keys": [{"key": each.key, "secret": each.secret} for each in keys]}
        write_private(self.path, json.dumps(shape, indent=2) + os.linesep)

    def _damaged(self) -> ConfigurationError:
        msg = f"The keys of the local server cannot be read: {self.path}."
        hint = "Delete that file: new keys are made, and tokens of the old ones end."
        return ConfigurationError(msg, code="local-state-damaged", hint=hint)


def _usable(each: ApiKey) -> bool:
    """Text that can stand in a YAML file and in a token."""
    texts = (each.key, each.secret)
    return all(isinstance(text, str) and text and text.isascii() for text in texts) and all(
        c.isalnum() or c in "-_" for text in texts for c in text
    )
