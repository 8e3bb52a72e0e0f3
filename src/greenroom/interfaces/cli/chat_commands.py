"""What begins with a slash in a chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from greenroom.domain.errors import InvalidRequest
from greenroom.hub.catalogue import EVERYTHING, PREFIX
from greenroom.interfaces.cli.render import note

if TYPE_CHECKING:
    from greenroom.interfaces.cli.chat import Chat

Obey = Callable[["Chat", str], Awaitable[int]]


async def switch_mode(chat: Chat, rest: str) -> int:
    """Narrow the chat to one mode, or widen it to all."""
    if rest:
        chat.mode = chat.crew.catalogue.mode_named(rest)
        chat.leave_quietly()
    known = ", ".join(f"{PREFIX}{mode}" for mode in chat.crew.catalogue.modes())
    reach = "sentences reach only its capabilities" if chat.mode else "sentences reach every mode"
    note(f"{PREFIX}{chat.mode or EVERYTHING}: {reach}.")
    if not rest:
        note(f"There are: {known}.")
    return 0


async def plan(chat: Chat, rest: str) -> int:
    """Say what a sentence would do; nothing is done."""
    if rest or chat.last:
        chat.leave_quietly()
        return await chat.say(rest or chat.last, only_plan=True)
    chat.only_plan = True
    note("The next sentence is planned and not run.")
    return 0


async def undo(chat: Chat, rest: str) -> int:
    """Take back what was done last, or the plan with this id."""
    arguments = {"plan": rest} if rest else {}
    return await chat.call("coordinator.undo", **arguments)


async def journal(chat: Chat, rest: str) -> int:
    """Show what was done; a number says how many entries."""
    if rest and not rest.isdecimal():
        raise InvalidRequest(f"/journal takes a number, not {rest!r}.", hint="Try /journal 5.")
    return await chat.call("coordinator.journal", **({"limit": int(rest)} if rest else {}))


async def tell_help(chat: Chat, rest: str) -> int:
    """List the commands, and sentences to try."""
    del rest
    for name, (usage, command) in COMMANDS.items():
        click.echo(f"  {f'/{name} {usage}':28} {summary(command)}")
    click.echo("Anything else is said to the crew, for example:")
    for about in chat.crew.catalogue.narrowed(chat.mode)["capabilities"].values():
        for sentence, _ in about["examples"][:1]:
            click.echo(f"  {sentence}")
    click.echo("Tab completes; Ctrl-C leaves a question; Ctrl-D leaves the chat.")
    return 0


async def leave(chat: Chat, rest: str) -> int:
    """Leave the chat."""
    del rest
    chat.over = True
    return 0


COMMANDS: dict[str, tuple[str, Obey]] = {
    "help": ("", tell_help),
    "switch_mode": ("[MODE]", switch_mode),
    "plan": ("[SENTENCE]", plan),
    "undo": ("[ID]", undo),
    "journal": ("[NUMBER]", journal),
    "quit": ("", leave),
}
ALIASES = {"exit": "quit", "q": "quit", "?": "help", "h": "help", "mode": "switch_mode"}


def summary(command: Obey) -> str:
    """The first line of its docstring."""
    return (command.__doc__ or "").partition("\n")[0]


async def obey(chat: Chat, line: str) -> int:
    """Run one. Returns its exit code. Raises InvalidRequest for one that is not there."""
    said, _, rest = line[1:].partition(" ")
    name = said.casefold().replace("-", "_")
    name = ALIASES.get(name, name)
    if name not in COMMANDS:
        near = get_close_matches(name, COMMANDS, n=1)
        hint = f"Did you mean /{near[0]}?" if near else "/help lists what there is."
        raise InvalidRequest(f"There is no command /{said}.", hint=hint)
    return await COMMANDS[name][1](chat, rest.strip())


def offered(line: str, modes: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What a line that begins with a slash may become, with a word about each."""
    lines = {f"/{name}": summary(command) for name, (_, command) in COMMANDS.items()}
    lines |= {f"/switch_mode {PREFIX}{mode}": "" for mode in modes}
    short = " " not in line.strip()
    for text, about in lines.items():
        if text.startswith(line) and text != line and (not short or " " not in text):
            yield text, about
