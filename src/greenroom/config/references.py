"""Secrets are references, followed when they are used and never before.

``env:NAME``, ``${NAME}``, ``file:path``, and ``lk:project`` for the API secret of a project of ``lk``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from greenroom.config.lk import project_of, secret_of
from greenroom.config.schema import is_reference
from greenroom.domain.errors import ConfigurationError

LARGEST = 65_536
"""Bytes of a secret file: a certificate fits, a mistake such as a log file does not."""


def variable_of(value: str) -> str:
    """The environment variable that is referred to, else ""."""
    if value.startswith("env:"):
        return value[4:]
    return value[2:-1] if value.startswith("${") else ""


def resolve(value: str, environ: Mapping[str, str], folder: str, key: str) -> str:
    """The value that a reference stands for; anything else is itself. Relative files count from ``folder``.

    Raises ConfigurationError (secret-unresolved), which names the key and the reference and shows no value.
    """
    if not is_reference(value):
        return value
    if name := variable_of(value):
        found = environ.get(name, "")
        if found:
            return found
        msg = f"{key} refers to the environment variable {name}, which is {'empty' if name in environ else 'not set'}."
        raise ConfigurationError(msg, code="secret-unresolved", hint=f"Set it: export {name}=…")
    if project := project_of(value):
        return secret_of(project, environ, key)
    home = environ.get("HOME")
    path = value[5:]
    path = os.path.join(home, path[2:]) if home and path.startswith("~/") else path
    path = os.path.join(folder, path)
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(LARGEST + 1).strip()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        msg = f"{key} refers to the file {path}, which cannot be read: {why}."
        raise ConfigurationError(
            msg,
            code="secret-unresolved",
            hint="Put the secret there, in a file that only you read.",
        ) from error
    if not text or len(text) > LARGEST:
        msg = f"{key} refers to the file {path}, which is {'too large' if text else 'empty'}."
        raise ConfigurationError(
            msg, code="secret-unresolved", hint="The file holds the secret and nothing else."
        )
    return text
