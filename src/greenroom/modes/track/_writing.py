"""What capabilities share that work out before the step what is to be written."""

from __future__ import annotations

from typing import Any

from greenroom.domain.nouns import SettingsChange
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.domain.presets import SettingsWanted
from greenroom.modes import _settings


def wanted(context: Context, table: str, changes: dict[str, Any]) -> SettingsWanted:
    """What table and files say now, beside what is to be written. Raises invalid-config."""
    holds = dict(context.settings.chosen(table) or {})
    return SettingsWanted(
        state=context.configuration.written(list(changes)), holds=holds, changes=changes
    )


async def write(context: Context) -> SettingsChange:
    """Write what ``before`` worked out."""
    before: SettingsWanted = context.before
    return await _settings.write(context, before.changes)


def put_back(_request: Any, before: SettingsWanted, _result: SettingsChange) -> Call | None:
    """The former values, if nobody changed them since."""
    return _settings.put_back(before.changes, before.state)
