"""Settings of a test, by dotted key."""

from __future__ import annotations

from typing import Any, Self

from greenroom.domain.access import SettingSource


class Chosen:
    """ports.Settings."""

    environment = "development"
    warnings: tuple[str, ...] = ()

    def __init__(self, **values: Any) -> None:
        """``service`` and ``url`` of the table ``egress``."""
        self.values = {f"egress.{name}": value for name, value in values.items()}

    def chosen(self, key: str) -> Any | None:
        return self.values.get(key)

    def said_by(self, key: str) -> tuple[SettingSource, ...]:
        raise NotImplementedError(key)

    def now(self) -> Self:
        return self
