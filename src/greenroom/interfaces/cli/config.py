"""``greenroom config``: settings in layers, looked at and changed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from greenroom.interfaces.cli import settings as view
from greenroom.interfaces.cli import settings_change as change
from greenroom.interfaces.cli.options import Settings, with_common_options

WHERE: tuple[Callable[..., Any], ...] = (
    click.option(
        "--user", "place", flag_value="user", help="In your own folder, for all projects."
    ),
    click.option("--project", "place", flag_value="project", help="In the project's mode files."),
)


def complete_key(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Settings that begin so; those below names that people choose are left to them."""
    from greenroom.config.schema import all_keys

    return [key for key in all_keys() if key.startswith(begun) and not set("<[") & set(key)]


@click.group()
def config() -> None:
    """Settings: what holds, where it comes from, and changing it."""


@config.command()
@click.option("--user", is_flag=True, help="In your own folder instead of this one.")
@with_common_options
def init(settings: Settings, *, user: bool) -> None:
    """Write a commented set of mode and environment files here; files that are there stay as they are."""
    sys.exit(change.init(user=user, as_json=settings.json))


@config.command()
@with_common_options
def validate(settings: Settings) -> None:
    """Check every file and tell every mistake, with file and line. Exits with 5 when there is one."""
    sys.exit(view.validate(settings.env, as_json=settings.json))


@config.command()
@click.argument("key", required=False, shell_complete=complete_key)
@with_common_options
def show(settings: Settings, key: str | None) -> None:
    """Print every setting that holds, or those below KEY, with its source."""
    sys.exit(view.show(key, settings.env, as_json=settings.json or settings.jsonl))


@config.command()
@click.argument("key", required=False, shell_complete=complete_key)
@with_common_options
def explain(settings: Settings, key: str | None) -> None:
    """Say where a setting comes from, file and line, and what it overrides."""
    sys.exit(view.explain(key, settings.env, as_json=settings.json or settings.jsonl))


def where(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --user and --project."""
    for option in WHERE:
        function = option(function)
    return function


@config.command(name="set", context_settings={"ignore_unknown_options": True})
@click.argument("key", shell_complete=complete_key)
@click.argument("value")
@where
@with_common_options
def set_(settings: Settings, key: str, value: str, place: Any) -> None:
    """Set KEY to VALUE: in the project, else in your folder; with --env in that environment's file.

    \b
      greenroom config set room.defaultSettings.maxParticipants 30
      greenroom config set auth.defaultTtl 2h --user
    """  # noqa: D301 - click wants the character
    sys.exit(change.set_value(key, value, settings.env, place, as_json=settings.json))


@config.command()
@click.argument("key", shell_complete=complete_key)
@where
@with_common_options
def unset(settings: Settings, key: str, place: Any) -> None:
    """Remove KEY there, so that what is below it holds again."""
    sys.exit(change.set_value(key, None, settings.env, place, as_json=settings.json))
