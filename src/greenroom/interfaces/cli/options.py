"""Options that work on every command, before or after its name."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

import click


class Settings:
    """How this invocation is to run. No dataclass: they take three percent of ``greenroom --help``."""

    json = jsonl = yes = dry_run = no_input = debug = False
    home: str | None = None
    env: str | None = None
    url: str | None = None
    api_key: str | None = None
    api_secret: str | None = None
    timeout = 10.0
    autostart = True
    """Whether a local server may be started where none is configured; commands that need none say no."""

    def __init__(self) -> None:
        self.waive: dict[str, str] = {}


COMMON = (
    click.Option(
        ["--json"], is_flag=True, help="One JSON document (schema greenroom.outcome/1) on stdout."
    ),
    click.Option(["--jsonl"], is_flag=True, help="One JSON document a line."),
    click.Option(["--yes", "-y"], is_flag=True, help="Approve what would wait for approval."),
    click.Option(["--dry-run"], is_flag=True, help="Check and show the plan; do nothing."),
    click.Option(["--no-input"], is_flag=True, help="Never ask back."),
    click.Option(
        ["--waive"], multiple=True, metavar="RULE=REASON", help="Waive a rule for this once."
    ),
    # click would ask whether it can be read, and refuse without a code.
    click.Option(
        ["--home"], type=click.Path(readable=False), help="Folder for journal and sessions."
    ),
    click.Option(
        ["--env"], metavar="NAME", help="Environment of the configuration: staging, production …"
    ),
    click.Option(["--url"], metavar="URL", help="LiveKit server; with --api-key and --api-secret."),
    click.Option(["--api-key"], metavar="KEY", help="LiveKit API key."),
    click.Option(
        ["--api-secret"], metavar="SECRET", help="LiveKit API secret; LIVEKIT_API_SECRET is safer."
    ),
    click.Option(
        ["--timeout"],
        type=click.FloatRange(min=0.1),
        metavar="SECONDS",
        help="For each call to the server.",
    ),
    click.Option(["--debug"], is_flag=True, help="Show tracebacks."),
)


def with_common_options(
    function: Callable[..., Any], own: Collection[str] = ()
) -> Callable[..., Any]:
    """Add the common options; the function gets them merged with the root's as its first argument.

    ``own``: names that are the command's own arguments, and no common options here.
    """
    options = [option for option in COMMON if option.name not in own]

    @click.pass_context
    @wraps(function)
    def merged(context: click.Context, /, **values: Any) -> Any:
        settings = context.ensure_object(Settings)
        for option in options:
            name = str(option.name)
            given = values.pop(name)
            if name == "waive":
                settings.waive |= waivers(given)
            elif given:
                setattr(settings, name, given)
        return function(settings, **values)

    merged.__click_params__ = [*reversed(options), *getattr(function, "__click_params__", [])]  # type: ignore[attr-defined]
    return merged


def waivers(given: tuple[str, ...]) -> dict[str, str]:
    """``RULE=REASON`` as a mapping. Raises click.BadParameter."""
    for item in given:
        if "=" not in item:
            raise click.BadParameter("write --waive RULE='the reason'", param_hint="--waive")
    return dict(item.split("=", 1) for item in given)
