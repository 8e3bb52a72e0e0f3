"""``greenroom``: the root command and the commands that are not capabilities."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from click.exceptions import NoArgsIsHelpError

from greenroom.config.places import cache_folder
from greenroom.hub.compiled import load_catalogue
from greenroom.interfaces.cli.capabilities import capability_command
from greenroom.interfaces.cli.local import COMMANDS as LOCAL_COMMANDS
from greenroom.interfaces.cli.options import Settings, with_common_options

SHORTCUTS = {
    "journal": "coordinator.journal",
    "undo": "coordinator.undo",
    "verify": "coordinator.verify",
}
"""Capabilities that people reach for too often to name the mode."""
GARBAGE_AT = 100_000
"""New objects before garbage is first looked for; Python's own figure is 700."""
MODES = {
    "auth": "Access tokens: who may do what in which room.",
    "coordinator": "What is there, what was done, and taking it back.",
    "room": "Rooms and who is in them.",
}


def json_wanted() -> bool:
    """Whether a program reads the answer, which may be known before the command line could be read."""
    return not {"--json", "--jsonl"}.isdisjoint(sys.argv)


@contextmanager
def usage_in_json() -> Iterator[None]:
    """A command line that cannot be read is one JSON document, too, with the code ``usage``; without JSON it is click's."""
    try:
        yield
    except click.UsageError as wrong:
        if isinstance(wrong, NoArgsIsHelpError) or not json_wanted():
            raise
        from greenroom.interfaces.cli.render import unusable

        path = wrong.ctx.command_path if wrong.ctx else "greenroom"
        sys.exit(unusable(wrong.format_message(), path, as_json="--json" in sys.argv))


class ModeGroup(click.Group):
    """One specialist: a command for each of its capabilities, made when it is named."""

    def __init__(self, mode: str, compiled: dict[str, Any]) -> None:
        super().__init__(mode, help=MODES.get(mode))
        self._ids = {
            identifier.partition(".")[2].replace("_", "-"): identifier
            for identifier, about in compiled["capabilities"].items()
            if about["mode"] == mode
        }
        self._compiled = compiled

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names with dashes."""
        del ctx
        return list(self._ids)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A capability's command; dashes and underscores are alike."""
        del ctx
        identifier = self._ids.get(cmd_name.replace("_", "-"))
        if identifier is None:
            return None
        return capability_command(self._compiled["capabilities"][identifier])


class ConfigGroup(click.Group):
    """``greenroom config``: its commands are imported when one of them is named."""

    def _loaded(self) -> click.Group:
        from greenroom.interfaces.cli.config import config

        return config

    def list_commands(self, ctx: click.Context) -> list[str]:
        """init, show, explain …"""
        return self._loaded().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of them."""
        return self._loaded().get_command(ctx, cmd_name)


class Root(click.Group):
    """Own commands, then modes, then shortcuts."""

    _compiled: dict[str, Any] | None = None

    def make_context(self, *given: Any, **more: Any) -> click.Context:
        """click's, with what cannot be used told in JSON where JSON is wanted."""
        with usage_in_json():
            return super().make_context(*given, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """The same, for commands and their arguments."""
        with usage_in_json():
            return super().invoke(ctx)

    @property
    def compiled(self) -> dict[str, Any]:
        """The compiled catalogue, loaded once."""
        if self._compiled is None:
            self._compiled = load_catalogue(cache_folder(os.environ))
        return self._compiled

    def modes(self) -> list[str]:
        """Modes that have a capability."""
        return sorted({about["mode"] for about in self.compiled["capabilities"].values()})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Own commands, modes, shortcuts."""
        known = [name for name, full in SHORTCUTS.items() if full in self.compiled["capabilities"]]
        return [*super().list_commands(ctx), *self.modes(), *known]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by name, made when it is named."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        if cmd_name in self.modes():
            return ModeGroup(cmd_name, self.compiled)
        about = self.compiled["capabilities"].get(SHORTCUTS.get(cmd_name, ""))
        return capability_command(about, name=cmd_name) if about else None


@click.command(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="greenroom", prog_name="greenroom")
@with_common_options
def root(settings: Settings) -> None:
    """Say what should happen on your LiveKit server.

    \b
      greenroom ask "create a room called standup for 10 people"
      greenroom room list --json
    """  # noqa: D301 - click wants the character
    del settings


@root.command()
@click.argument("words", nargs=-1)
@click.option("--session", metavar="NAME", help="Remember what was said under this name.")
@click.option(
    "--from",
    "source",
    type=click.File("r", errors="surrogateescape"),
    help="Ask each line of a file; - is standard input.",
)
@click.option("--explain", is_flag=True, help="Say why each step was chosen.")
@with_common_options
def ask(
    settings: Settings, words: tuple[str, ...], session: str | None, source: Any, *, explain: bool
) -> None:
    """Ask in plain words."""
    from greenroom.interfaces.cli.run import run_ask, run_many

    if source is not None:
        sys.exit(run_many(settings, source, session, explain=explain))
    sys.exit(run_ask(settings, " ".join(words), session, explain=explain))


@root.command()
@click.option("--session", metavar="NAME", help="Go on with what was said under this name.")
@with_common_options
def chat(settings: Settings, session: str | None) -> None:
    """Talk: one sentence after the other, from a terminal or a pipe."""
    from greenroom.interfaces.cli.chat import run_chat

    sys.exit(run_chat(settings, session))


@root.command()
@click.argument("approval")
@with_common_options
def approve(settings: Settings, approval: str) -> None:
    """Say yes to a plan that waits, by its id."""
    from greenroom.interfaces.cli.run import run_approve

    sys.exit(run_approve(settings, approval))


root.add_command(
    ConfigGroup("config", help="Settings: what holds, where it comes from, and changing it.")
)
for command in LOCAL_COMMANDS:
    root.add_command(command)


def main() -> None:
    """Entry point. Anything unforeseen becomes one clear line, a traceback only with ``--debug``."""
    # Start-up makes objects that stay: looking through them for garbage again and again takes a tenth of it.
    gc.set_threshold(GARBAGE_AT, 20, 20)
    # Looking for pydantic's plugins reads every installed package's metadata; we use none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        root(prog_name="greenroom")
    except Exception as fault:
        if "--debug" in sys.argv:
            raise
        from greenroom.interfaces.cli.render import unforeseen

        sys.exit(unforeseen(fault, as_json=json_wanted()))
    finally:
        # Else Python looks through all modules for garbage as it ends: a fifth of a short command's time.
        gc.freeze()


if __name__ == "__main__":
    main()
