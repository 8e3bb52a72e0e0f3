"""Tell a URL about every stream, export and recording that is started from now on, or stop telling it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Means, Request, Words, capability
from greenroom.domain.nouns import SettingsChange, SettingsState
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes import _settings

KEY = "egress.notifications"


class Notify(Request):
    """LiveKit: WebhookConfig of every Start call."""

    url: Annotated[
        str,
        Kind.URL,
        Words("url", "webhook", "endpoint", "to", "at"),
        Field(
            pattern=r"^https?://\S+$", max_length=2048, description="Who is told, http or https."
        ),
    ]
    remove: Annotated[
        bool,
        Means(
            True, "remove", "stop notifying", "no longer", "no more", "not any more", "stop telling",
            "stop calling", "unsubscribe", "take off", "stop sending", "drop",
        ),
        Field(description="Do not tell it any more."),
    ] = False  # fmt: skip


async def as_written(context: Context, _request: Notify) -> SettingsState:
    """What the file says now. Raises invalid-config."""
    return context.configuration.written([KEY])


def wanted(request: Notify, before: SettingsState) -> list[str]:
    """The list as it is to be."""
    listed = [url for url in _settings.value_in(before.values, KEY) or [] if url != request.url]
    return listed if request.remove else [*listed, request.url]


def put_back(request: Notify, before: SettingsState, _result: SettingsChange) -> Call | None:
    """The former list, if nobody changed it since."""
    return _settings.put_back({KEY: wanted(request, before) or None}, before)


def tell(request: Notify, before: SettingsState, result: SettingsChange) -> str:
    """Who is told, and of what."""
    listed = request.url in (_settings.value_in(before.values, KEY) or [])
    if listed != request.remove:
        state = "not told" if request.remove else "told"
        return f"{request.url} is {state} already; nothing was changed."
    what = "every stream, export and recording that is started from now on"
    told = "is not told any more about" if request.remove else "is told about"
    return f"{request.url} {told} {what}, {_settings.where(result)}"


@capability(
    effect="write",
    positional=("url",),
    rules=("notification-url", "settings-as-asked"),
    before=as_written,
    undo=put_back,
    tell=tell,
    examples=(
        Example(
            "notify https://example.com/exports when exports finish",
            url="https://example.com/exports",
        ),
    ),
)
async def notify(context: Context, request: Notify) -> SettingsChange:
    """Write ``egress.notifications``. Events are egress_started, egress_updated and egress_ended, signed as all of LiveKit's webhooks are. Raises invalid-config."""
    return await _settings.write(context, {KEY: wanted(request, context.before) or None})
