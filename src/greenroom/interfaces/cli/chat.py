"""``greenroom chat``: one sentence after the other, with what was said before in mind."""

from __future__ import annotations

import asyncio
import secrets
import signal
import sys
from collections.abc import Coroutine
from typing import Any

import click

from greenroom.crew import Greenroom
from greenroom.domain.errors import GreenroomError, NotUnderstood
from greenroom.domain.outcome import Outcome
from greenroom.domain.plan import Plan, Reference
from greenroom.hub.catalogue import EVERYTHING, PREFIX
from greenroom.interfaces.cli.chat_commands import obey, offered
from greenroom.interfaces.cli.chat_input import ChatInput, Pipe, PlainTerminal, is_plain
from greenroom.interfaces.cli.chat_names import CompletionNames
from greenroom.interfaces.cli.options import Settings
from greenroom.interfaces.cli.render import note, printable, show, show_plan
from greenroom.interfaces.cli.run import code_of, crew_for, flags, interactive
from greenroom.interfaces.errors import exit_code

INTERRUPTED = 130
WORST_LAST = (0, 4, 3, 6, 2, 1, 5, INTERRUPTED)
"""Exit codes by how bad they are: asked, waits, blocked, not usable, failed, not configured."""


def run_chat(settings: Settings, session: str | None) -> int:
    """Talk until the end of input. Returns the exit code: 0 for a person, the worst one for a pipe."""

    async def talk() -> int:
        async with crew_for(settings) as crew:
            names = CompletionNames(crew)
            chat = Chat(crew, settings, names, session or f"chat-{secrets.token_hex(8)}")
            chat.input = choose_input(chat)
            try:
                return await chat.run()
            finally:
                await names.close()

    try:
        return asyncio.run(talk())
    except KeyboardInterrupt:
        return INTERRUPTED


def choose_input(chat: Chat) -> ChatInput:
    """The best that stdin, stdout and TERM allow."""
    if not interactive(chat.settings):
        return Pipe(sys.stdin)
    if is_plain():
        return PlainTerminal()
    from greenroom.hub.shape import Redactor
    from greenroom.interfaces.cli.chat_history import HistoryFile
    from greenroom.interfaces.cli.chat_terminal import ChatCompleter, Terminal, words_of

    try:
        known = [chat.crew.credentials.api_secret] if chat.crew.credentials else []
    except GreenroomError:
        known = []
    completer = ChatCompleter(
        commands=lambda line: offered(line, chat.crew.catalogue.modes()),
        words=lambda: words_of(chat.crew.catalogue.narrowed(chat.mode)["capabilities"]),
        names=chat.names,
    )
    return Terminal(HistoryFile(chat.crew.home, Redactor(known)), completer)


class Chat:
    """One conversation at a terminal or through a pipe."""

    def __init__(
        self, crew: Greenroom, settings: Settings, names: CompletionNames, session: str
    ) -> None:
        self.crew, self.settings, self.names, self.session = crew, settings, names, session
        self.input: ChatInput = Pipe(sys.stdin)
        self.mode = ""
        self.last = ""
        """The last sentence, for ``/plan``."""
        self.only_plan = False
        """The next sentence, or the answer to a question about a plan, is planned and not run."""
        self.asked = ""
        """The field that a question waits for."""
        self.over = False
        self.worst = 0

    async def run(self) -> int:
        """Read and answer until ``/quit`` or the end of input."""
        if self.input.answers:
            self.greet()
        while not self.over:
            try:
                line = await self.next_line()
            except EOFError:
                break
            except KeyboardInterrupt:
                if not self.input.answers:
                    raise
                self.leave()
                continue
            if line:
                self.count(await self.handle(line))
        return 0 if self.input.answers else self.worst

    async def next_line(self) -> str:
        """A sentence, a command, or the answer to a question; a secret one is not shown or kept."""
        if not self.asked:
            return await self.input.line(f"{PREFIX}{self.mode}> " if self.mode else "greenroom> ")
        if self.asked in self.secret_fields():
            return await self.input.answer("(not shown) ? ", hidden=True)
        return await self.input.line("? ")

    def secret_fields(self) -> set[str]:
        """Names of arguments that nobody may look at."""
        capabilities = self.crew.catalogue.compiled["capabilities"].values()
        fields = (pair for about in capabilities for pair in about["fields"].items())
        return {name for name, field in fields if field["secret"]}

    async def handle(self, line: str) -> int:
        """Obey a command or a sentence. Returns the exit code that it would have alone."""
        if not line.startswith("/"):
            return await self.say(line)
        try:
            return await obey(self, line)
        except GreenroomError as error:
            note(f"✗ {printable(error.message)}", "red")
            note(f"  {printable(error.hint)}")
            return exit_code("failed", error.code)

    async def say(self, text: str, *, only_plan: bool = False) -> int:
        """A sentence, or the answer to the question that waits."""
        options: dict[str, Any] = flags(self.settings)
        options["dry_run"] = planning = options["dry_run"] or only_plan or self.only_plan
        if not self.asked:
            self.last = text
        self.only_plan = False
        options |= {"session": self.session, "mode": self.mode, "on_plan": self.show_before}
        outcome = await self.interruptible(self.crew.ask(text, **options))
        if outcome is None:
            return INTERRUPTED
        if self.asked and isinstance(outcome.error, NotUnderstood):
            self.not_answered(outcome.error, planning=planning)
        else:
            self.asked = outcome.questions[0].field if outcome.questions else ""
            self.only_plan = planning and bool(self.asked)
        return await self.conclude(outcome)

    def not_answered(self, error: NotUnderstood, *, planning: bool) -> None:
        """A question that was not answered waits on, unless the words dismissed it."""
        if error.code == "not-a-command":
            self.leave_quietly()
        else:
            self.only_plan = planning

    async def call(self, capability: str, **arguments: Any) -> int:
        """A capability that has a command of its own."""
        options = flags(self.settings) | {"on_plan": self.show_before}
        outcome = await self.interruptible(self.crew.call(capability, **options, **arguments))
        return INTERRUPTED if outcome is None else await self.conclude(outcome)

    async def conclude(self, outcome: Outcome) -> int:
        """Show what became of it; where it waits for a yes, ask for that and run it."""
        outcome.warnings = (*self.names.warnings, *outcome.warnings)
        self.names.warnings.clear()
        if outcome.status == "needs_approval" and outcome.approval and self.input.answers:
            show(outcome, hint=False)
            show_plan(outcome)
            if not await self.agreed():
                note("Nothing was done.")
                return code_of(outcome)
            approved = await self.interruptible(self.crew.approve(outcome.approval.id))
            if approved is None:
                return INTERRUPTED
            outcome = approved
        show(outcome, as_json=self.settings.json, as_lines=self.settings.jsonl)
        if not (self.settings.json or self.settings.jsonl):
            self.show_undo(outcome)
        return code_of(outcome)

    async def agreed(self) -> bool:
        """Whether the answer is yes. Enter alone, Ctrl-C and Ctrl-D mean no."""
        try:
            answer = await self.input.answer("Do it? [y/N] ")
        except (EOFError, KeyboardInterrupt):
            return False
        return answer.casefold() in {"y", "yes"}

    def show_before(self, plan: Plan) -> None:
        """A plan that changes something, before it does; one that must wait is shown with its question."""
        capabilities = self.crew.catalogue.compiled["capabilities"]
        about = [capabilities[call.capability] for call in plan.calls]
        effects = {"read" if each["result"] == "FollowUp" else each["effect"] for each in about}
        waits = "destroy" in effects and not self.settings.yes
        if not self.input.answers or waits or effects == {"read"} or self.settings.dry_run:
            return
        for call, each in zip(plan.calls, about, strict=True):
            given = (
                f"{name}={'***' if each['fields'][name]['secret'] else shown(value)}"
                for name, value in call.arguments.items()
            )
            note(f"  plan: {call.capability} {printable(' '.join(given))}", "cyan")

    def show_undo(self, outcome: Outcome) -> None:
        """How what was done is taken back, or why it cannot be."""
        if outcome.status != "done":
            return
        for step in outcome.steps:
            about = self.crew.catalogue.compiled["capabilities"][step.call.capability]
            if step.undo is not None:
                given = " ".join(f"{name}={value}" for name, value in step.undo.arguments.items())
                note(f"  /undo takes it back: {step.undo.capability} {printable(given)}")
            elif about["effect"] != "read" and about["cannot_undo"]:
                note(f"  Cannot be taken back: {about['cannot_undo']}")

    async def interruptible(self, work: Coroutine[Any, Any, Outcome]) -> Outcome | None:
        """Its outcome. Ctrl-C stops the work and not the chat, where somebody sits at it: then None."""
        if not self.input.answers:
            return await work
        task, loop = asyncio.create_task(work), asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, task.cancel)
        try:
            return await task
        except asyncio.CancelledError:
            if not task.cancelled() or (me := asyncio.current_task()) is None or me.cancelling():
                raise
            note("Interrupted. /journal says what was done.", "yellow")
            return None
        finally:
            loop.remove_signal_handler(signal.SIGINT)

    def leave(self) -> None:
        """Ctrl-C: the question that waits is dropped."""
        note("The question is dropped; nothing was done." if self.asked else "Ctrl-D leaves.")
        self.leave_quietly()

    def leave_quietly(self) -> None:
        """Forget the question that waits."""
        if self.asked:
            self.crew.leave_question(self.session)
        self.asked, self.only_plan = "", False

    def count(self, code: int) -> None:
        """Keep the worst code."""
        self.worst = max(self.worst, code, key=WORST_LAST.index)

    def greet(self) -> None:
        """Where this goes, and how to get help."""
        try:
            credentials = self.crew.credentials
            target = credentials.url if credentials else "no server (none is configured)"
        except GreenroomError as error:
            target = error.message
        click.echo(
            f"{PREFIX}{EVERYTHING} on {printable(target)}. /help lists commands, Ctrl-D leaves.",
            err=True,
        )


def shown(value: Any) -> Any:
    """An argument as people read it."""
    if isinstance(value, Reference):
        return f"{value.field} of step {value.step + 1}"
    return value
