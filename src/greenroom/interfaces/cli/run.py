"""Runs a request with a crew, asks back on a terminal, prints the outcome."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, TextIO

import click

from greenroom.crew import Greenroom
from greenroom.domain.outcome import Outcome
from greenroom.interfaces.cli.nearby import local_credentials
from greenroom.interfaces.cli.options import Settings
from greenroom.interfaces.cli.progress import erase, progress
from greenroom.interfaces.cli.render import show
from greenroom.interfaces.errors import STOPPED, exit_code

Request = Callable[[Greenroom], Coroutine[Any, Any, Outcome]]


def crew_for(settings: Settings) -> Greenroom:
    """A crew with this invocation's server and home; else with the local server, which may be started."""
    return Greenroom(
        url=settings.url,
        api_key=settings.api_key,
        api_secret=settings.api_secret,
        home=Path(settings.home) if settings.home is not None else None,
        environment=settings.env,
        timeout=settings.timeout,
        otherwise=lambda: local_credentials(settings.home, start=settings.autostart),
        report=progress(settings),
    )


def run_ask(settings: Settings, text: str, session: str | None, *, explain: bool = False) -> int:
    """Ask once; on a terminal go on until the question is answered. Returns the exit code."""
    # No words need no server.
    settings.autostart = settings.autostart and bool(text.strip())

    async def request(crew: Greenroom) -> Outcome:
        options: dict[str, Any] = flags(settings) | {"explain": explain}
        outcome = await crew.ask(text, session=session, **options)
        if outcome.status == "needs_input" and interactive(settings):
            for call in outcome.facts.get("draft", ())[:1]:
                about = crew.catalogue.compiled["capabilities"][call.capability]
                if any(field["secret"] and field["required"] for field in about["fields"].values()):
                    given = prompted(about, dict(call.arguments))
                    return await crew.call(call.capability, **options, **given)
        asked_in = session or f"terminal-{os.getpid()}"
        if outcome.status == "needs_input" and interactive(settings) and not session:
            await crew.ask(text, session=asked_in, **options)
        while outcome.status == "needs_input" and interactive(settings):
            question = outcome.questions[0]
            for number, choice in enumerate(question.choices, 1):
                click.echo(f"  {number}. {choice}", err=True)
            answer = click.prompt(question.question, err=True)
            outcome = await crew.ask(answer, session=asked_in, **options)
        return outcome

    return run(settings, request)


def prompted(about: Mapping[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a capability that needs a secret, asked for on the terminal; secrets are not shown.

    A secret must not go through the conversation, so all of it is asked here. Empty answers leave defaults.
    """
    arguments = dict(given)
    for name, field in about["fields"].items():
        if name in arguments:
            continue
        words = name.replace("_", " ").replace("api", "API").replace("url", "URL")
        about = field["description"].rstrip(".").replace("None:", "nothing:")
        label = f"{words} ({about})"
        default = None if field["required"] else ""
        answer = click.prompt(
            label, default=default, show_default=False, hide_input=field["secret"], err=True
        )
        if answer:
            arguments[name] = answer
    return arguments


def run_call(settings: Settings, capability: str, arguments: dict[str, Any]) -> int:
    """Call one capability. Returns the exit code."""
    return run(settings, lambda crew: crew.call(capability, **flags(settings), **arguments))


def run_approve(settings: Settings, approval_id: str) -> int:
    """Run a plan that waits: for a server that there is. Returns the exit code."""
    settings.autostart = False
    return run(settings, lambda crew: crew.approve(approval_id))


def run_many(
    settings: Settings, source: TextIO, session: str | None, *, explain: bool = False
) -> int:
    """Ask each line; one JSON line each. Returns the first exit code that is not 0."""

    async def each() -> int:
        worst = 0
        async with crew_for(settings) as crew:
            for line in source:
                if not line.strip():
                    continue
                options = flags(settings) | {"explain": explain}
                outcome = await crew.ask(line.strip(), session=session, **options)
                show(outcome, as_json=settings.json, as_lines=settings.jsonl)
                worst = worst or code_of(outcome)
        return worst

    return asyncio.run(each())


def flags(settings: Settings) -> dict[str, Any]:
    """The options every request takes."""
    return {"approve": settings.yes, "dry_run": settings.dry_run, "waive": settings.waive}


def interactive(settings: Settings) -> bool:
    """Whether somebody is there to answer."""
    asks = not (settings.no_input or settings.json or settings.jsonl)
    return asks and sys.stdin.isatty() and sys.stderr.isatty()


def code_of(outcome: Outcome) -> int:
    """The exit code of an outcome."""
    return exit_code(outcome.status, outcome.error.code if outcome.error else None)


def run(settings: Settings, request: Request) -> int:
    """Run, offer the approval dialog, print. Returns the exit code."""

    async def once() -> Outcome:
        async with crew_for(settings) as crew:
            outcome = await request(crew)
            if outcome.status == "needs_approval" and outcome.approval and interactive(settings):
                show(outcome, hint=False)
                if click.confirm("Do it?", err=True):
                    outcome = await crew.approve(outcome.approval.id)
            return outcome

    try:
        outcome = asyncio.run(once())
    except KeyboardInterrupt:
        click.echo("Interrupted. `greenroom journal` says what was done.", err=True)
        return STOPPED
    if outcome.status == "failed":
        erase(settings)
    show(outcome, as_json=settings.json, as_lines=settings.jsonl)
    return code_of(outcome)
