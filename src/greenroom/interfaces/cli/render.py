"""Outcomes for people and for scripts. Data on stdout; notes, warnings and errors on stderr."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from greenroom.domain.access import ApiKeyPair, KeyRotation
from greenroom.domain.errors import InvalidRequest
from greenroom.domain.nouns import ConfigExport
from greenroom.domain.outcome import Outcome, in_words
from greenroom.interfaces.cli.explain import explanation_lines
from greenroom.interfaces.errors import exit_code

MARKS = {
    "done": ("✓", "green"),
    "planned": ("○", "cyan"),
    "needs_input": ("?", "yellow"),
    "needs_approval": ("!", "yellow"),
    "blocked": ("✗", "red"),
    "failed": ("✗", "red"),
}
TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "RoomList": ("rooms", ("name", "num_participants", "max_participants", "sid")),
    "RoomDetails": ("participants", ("identity", "name", "state", "tracks")),
    "ParticipantList": ("participants", ("identity", "name", "state", "tracks")),
    "ServerStatus": ("rooms", ("name", "num_participants", "num_publishers")),
    "CapabilityList": ("capabilities", ("id", "effect", "summary")),
    "JournalPage": ("entries", ("id", "status", "message", "undone_by")),
    "TokenReport": ("findings", ("severity", "subject", "message", "remedy")),
    "KeyList": ("keys", ("key", "source", "url", "in_use", "note")),
    "RoleList": ("roles", ("name", "may", "defined_in")),
    "PresetList": ("presets", ("name", "kind", "about", "defined_in")),
    "Recommendation": ("advice", ("area", "setting", "value", "reason")),
    "Verification": ("findings", ("severity", "subject", "message", "remedy")),
}
"""Result type → the list in it, and the columns people want."""


UNFOLDED = 10_000
"""Columns of a table that nobody looks at."""


def show(
    outcome: Outcome,
    *,
    as_json: bool = False,
    as_lines: bool = False,
    hint: bool = True,
    local: Mapping[str, Any] | None = None,
) -> None:
    """Print an outcome. ``local`` goes into its JSON: how the server on this machine stands."""
    if as_json or as_lines:
        shape = outcome.as_dict() | ({} if local is None else {"local": dict(local)})
        click.echo(json.dumps(shape, ensure_ascii=False, indent=2 if as_json else None))
        return
    for warning in outcome.warnings:
        note(f"! {warning}", "yellow")
    data = [text for step in outcome.steps for text in data_of(step.usable)]
    mark, colour = MARKS[outcome.status]
    good = outcome.status in {"done", "planned"}
    line = f"{click.style(mark, fg=colour, bold=True)} {printable(outcome.message)}"
    click.echo(line, err=bool(data) or not good)
    for text in data:
        click.echo(text)
    if outcome.explanation is not None:
        for text in explanation_lines(outcome.explanation):
            note(f"  {printable(text)}", "cyan")
    show_steps(outcome)
    if hint:
        show_next(outcome)


def data_of(value: Any) -> list[str]:
    """What the caller pipes on: tokens, or an export that went to no file. It stands on stdout alone."""
    if isinstance(value, ConfigExport):
        return [] if value.artifact else [value.text.rstrip("\n")]
    if isinstance(value, ApiKeyPair):
        return [f"LIVEKIT_API_KEY={value.key}", f"LIVEKIT_API_SECRET={value.secret}"]
    if isinstance(value, KeyRotation) and value.secret:
        return [f"LIVEKIT_API_KEY={value.new_key}", f"LIVEKIT_API_SECRET={value.secret}"]
    return [token.token for token in getattr(value, "tokens", ())]


def show_steps(outcome: Outcome) -> None:
    """Tables of results, warnings of rules, the steps of a plan that has not run."""
    for step in outcome.steps:
        if step.status == "done":
            show_table(step.value)
        elif outcome.status == "planned" or len(outcome.steps) > 1:
            arguments = " ".join(
                f"{name}={in_words(value)}" for name, value in step.arguments.items()
            )
            note(f"  {step.status}: {step.call.capability} {printable(arguments)}")
        for check in step.checks:
            if check.verdict in {"warn", "waived"} and outcome.status != "needs_approval":
                note(f"! {printable(check.reason)} {check.remedy}".rstrip(), "yellow")


def show_plan(outcome: Outcome) -> None:
    """The steps of a plan that waits, when ``show_steps`` is silent about a single one."""
    if len(outcome.steps) == 1:
        (step,) = outcome.steps
        arguments = " ".join(f"{name}={in_words(value)}" for name, value in step.arguments.items())
        note(f"  planned: {step.call.capability} {printable(arguments)}")


def show_next(outcome: Outcome) -> None:
    """What is left, and what to do now."""
    for left in outcome.left:
        note(f"  left: {printable(left)}", "yellow")
    if outcome.error is not None:
        if outcome.error.hint:
            note(f"  {printable(outcome.error.hint)}")
        note(f"  ({outcome.error.code})")
    for question in outcome.questions:
        for number, choice in enumerate(question.choices, 1):
            note(f"  {number}. {printable(choice)}")
    if outcome.approval is not None:
        note(f"  Say yes with: greenroom approve {outcome.approval.id}   (or --yes)")


def show_table(value: Any) -> None:
    """The list inside a result, as a table."""
    field, columns = TABLES.get(type(value).__name__, ("", ()))
    rows = getattr(value, field, ()) if field else ()
    if not rows:
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column.replace("_", " "), no_wrap=number == 0, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell(getattr(row, column)))) for column in columns))
    console = Console()
    # A pipe has no width: nothing may be folded there, or the next program reads half an id.
    Console(width=console.width if console.is_terminal else UNFOLDED).print(table)


def cell(value: Any) -> str:
    """A value in a table."""
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else str(value)


def printable(text: str) -> str:
    """Text from a server or a person: control and direction characters shown, not obeyed."""
    return "".join(
        c if c.isprintable() or c in "\u200d\ufe0f" else c.encode("unicode_escape").decode()
        for c in text
    )


def note(text: str, colour: str | None = None) -> None:
    """A line on stderr."""
    click.secho(text, fg=colour, err=True)


def unusable(message: str, command: str, *, as_json: bool) -> int:
    """A command line that cannot be read, as JSON: in one document, or in one line. Returns the exit code."""
    error = InvalidRequest(message, code="usage", hint=f"See: {command} --help")
    outcome = Outcome(id="", status="failed", message=message, error=error)
    show(outcome, as_json=as_json, as_lines=not as_json)
    return exit_code("failed", "usage")


def unforeseen(fault: Exception, *, as_json: bool) -> int:
    """A fault of ours: one line and a code. Returns the exit code."""
    error = {
        "code": "internal",
        "message": f"Something unforeseen went wrong inside Greenroom ({type(fault).__name__}).",
        "hint": "Run it again with --debug and report what it prints.",
        "retryable": False,
    }
    if as_json:
        click.echo(
            json.dumps({"schema": "greenroom.outcome/1", "status": "failed", "error": error})
        )
    else:
        note(f"✗ {error['message']} {error['hint']} (internal)", "red")
    return 1
