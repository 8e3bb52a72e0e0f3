"""The only place that runs capabilities: rules, approval, journal, the call, verification, rollback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from greenroom.domain.errors import GreenroomError
from greenroom.domain.marks import Kind
from greenroom.domain.outcome import Approval, Outcome, Status, argument_in_words
from greenroom.domain.plan import Plan
from greenroom.domain.ports import Clock, Context, Secrets
from greenroom.domain.records import Approvals, Journal
from greenroom.hub.catalogue import Catalogue
from greenroom.hub.plan import new_id, secret_fields, validate
from greenroom.hub.shape import Redactor
from greenroom.hub.step import Blocked, Step

APPROVAL_SECONDS = 15 * 60


@dataclass(slots=True, kw_only=True)
class Pipeline:
    """Runs plans. Holds no state of its own: many plans may be under way at once."""

    catalogue: Catalogue
    journal: Journal
    approvals: Approvals
    secrets: Secrets
    redactor: Redactor
    clock: Clock
    make_context: Callable[[], Context]

    async def run(self, plan: Plan, *, approved: bool = False, dry_run: bool = False) -> Outcome:
        """Take a plan all the way. Never raises GreenroomError: the outcome says what became of it."""
        steps = [Step(call, self.catalogue, self.make_context) for call in plan.calls]
        current: Step | None = None
        try:
            for current in steps:
                await self._look_ahead(plan, current, steps)
        except GreenroomError as error:
            return self._refused(plan, steps, current, error)
        if dry_run:
            return self._outcome(plan, steps, "planned", "Nothing was done: this is what would be.")
        if not approved and any(step.capability.effect == "destroy" for step in steps):
            try:
                return self._ask_approval(plan, steps)
            except GreenroomError as error:
                return self._outcome(plan, steps, "failed", error.message, error=error)
        return await _Run(self, plan, steps).go()

    async def _look_ahead(self, plan: Plan, step: Step, steps: list[Step]) -> None:
        """Validate and check a step before anything runs, as far as that can be known by now."""
        if step.waits:
            return
        earlier = steps[: steps.index(step)]
        rooms, roles, names = (
            {name for other in earlier if other.changes for name in other.names(kind)}
            for kind in (Kind.ROOM_TO_BE, Kind.ROLE_TO_BE, Kind.NAME_TO_BE)
        )
        said = {value for value in step.call.arguments.values() if isinstance(value, str)}
        # What a role, preset or destination says is known once it is defined.
        step.late = bool(said & roles or step.names(Kind.DESTINATION, Kind.PRESET) & names)
        if step.late:
            validate(step.capability, step.call.arguments)
            return
        step.resolve(earlier, self.secrets)
        if not said & rooms:
            await step.check_before(plan.waive)

    def _ask_approval(self, plan: Plan, steps: list[Step]) -> Outcome:
        """Store the exact plan until somebody says yes. Raises JournalError where it cannot be kept."""
        now = self.clock.now()
        expires_at = int(now + APPROVAL_SECONDS)
        calls = []
        for step in steps:
            secret = secret_fields(step.capability)
            arguments = {
                name: self.secrets.keep(value, until=expires_at)
                if name in secret and not str(value).startswith("file:")
                else value
                for name, value in step.call.arguments.items()
            }
            calls.append(replace(step.call, arguments=arguments))
        kept = replace(plan, calls=tuple(calls), text=self.redactor.text(plan.text))
        warned = [
            c.reason
            for step in steps
            for c in step.outcome.checks
            if c.verdict in {"warn", "waived"}
        ]
        destroys = [sentence(step) for step in steps if step.capability.effect == "destroy"]
        approval = Approval(
            id=new_id(now),
            hash=kept.hash,
            expires_at=expires_at,
            reasons=tuple(self.redactor.json([*destroys, *warned])),
            steps=tuple(
                {"capability": s.call.capability, "arguments": dict(s.outcome.arguments)}
                for s in steps
            ),
        )
        self.approvals.store(approval, kept)
        message = f"This waits for your yes: {' '.join(approval.reasons)}"
        return self._outcome(plan, steps, "needs_approval", message, approval=approval)

    def forget_secrets(self, plan: Plan) -> None:
        """Delete what was kept for a plan that waited: its approval is used."""
        for call in plan.calls:
            for name in secret_fields(self.catalogue.capability(call.capability)):
                self.secrets.forget(str(call.arguments.get(name)))

    def _refused(
        self, plan: Plan, steps: list[Step], step: Step | None, error: GreenroomError
    ) -> Outcome:
        """Nothing ran."""
        if step is not None:
            step.outcome.status, step.outcome.error = "failed", error
        status: Status = "blocked" if isinstance(error, Blocked) else "failed"
        return self._outcome(plan, steps, status, error.message, error=error)

    def _outcome(
        self, plan: Plan, steps: list[Step], status: Status, message: str, **more: Any
    ) -> Outcome:
        modes = {step.call.mode for step in steps}
        return Outcome(
            id=plan.id,
            status=status,
            message=self.redactor.text(message),
            target=plan.target,
            mode=modes.pop() if len(modes) == 1 else "coordinator",
            steps=[step.outcome for step in steps],
            **more,
        )


class _Run:
    """One plan under way, after checks and approval."""

    def __init__(self, pipeline: Pipeline, plan: Plan, steps: list[Step]) -> None:
        self.pipeline, self.plan, self.steps = pipeline, plan, steps
        self.journal, self.clock = pipeline.journal, pipeline.clock
        self.redactor = pipeline.redactor
        self.journalled = any(step.changes for step in steps)
        self.begun = False
        self.left: list[str] = []
        self.warnings: list[str] = []

    async def go(self) -> Outcome:
        """Run the steps in order; stop at the first failure and roll back what safely can be."""
        for index, step in enumerate(self.steps):
            try:
                await self._prepare(index, step)
                await self._intend(index, step)
                await step.run()
            except asyncio.CancelledError:
                await self._interrupted(index, step)
                raise
            except GreenroomError as error:
                return await self._failed(index, step, error)
            if step is not self.steps[-1]:
                await self._write(partial(self._record, index, step))
        message = " ".join(step.outcome.message for step in self.steps)
        return await self._finish("done", message, last=len(self.steps) - 1)

    async def _prepare(self, index: int, step: Step) -> None:
        """Steps after a change are looked at again: the world is another by now."""
        changed = any(earlier.changes for earlier in self.steps[:index])
        if step.waits:
            step.resolve(self.steps[:index], self.pipeline.secrets)
        if step.waits or changed:
            await step.check_before(self.plan.waive)

    async def _intend(self, index: int, step: Step) -> None:
        """Write down what is about to be done. Raises JournalError: what cannot be written is not run."""
        if not self.journalled:
            return
        now = self.clock.now()
        if not self.begun:
            text = self.redactor.text(self.plan.text)
            arguments = [
                self.redactor.encoded(
                    other.outcome.arguments
                    if other is step
                    else other.public(other.call.shown_arguments())
                )
                for other in self.steps
            ]
            await self.journal.begin(self.plan, text=text, arguments=arguments, at=now, step=index)
            self.begun = True
        else:
            await self._intend_again(index, step)

    async def _intend_again(self, index: int, step: Step) -> None:
        """Mark a step of the journalled plan as running."""
        arguments = self.redactor.encoded(step.outcome.arguments)
        await self.journal.intend(self.plan.id, index, arguments, at=self.clock.now())

    async def _failed(self, index: int, step: Step, error: GreenroomError) -> Outcome:
        """Name what happened, skip the rest, take back what is safe to take back."""
        if step.outcome.status not in {"failed", "unknown"}:
            step.outcome.status = "failed"
        step.outcome.error = error
        if step.outcome.status == "unknown":
            self.left.append(f"Not known whether it happened: {sentence(step)}")
        for later in self.steps[index + 1 :]:
            later.outcome.status = "skipped"
            self.left.append(f"Not run: {sentence(later)}")
        for done in range(index - 1 if step.outcome.value is None else index, -1, -1):
            await self._roll_back(done, self.steps[done])
        status: Status = "blocked" if isinstance(error, Blocked) else "failed"
        return await self._finish(status, error.message, last=index, error=error)

    async def _roll_back(self, index: int, step: Step) -> None:
        """Undo a write of this plan; a destroy is never undone unasked."""
        if not step.changes:
            return
        call = step.outcome.undo
        if call is None or step.capability.effect == "destroy":
            why = step.capability.cannot_undo or f"`greenroom undo {self.plan.id}` takes it back."
            if step.outcome.status == "done" and (call is not None or step.capability.undo is None):
                self.left.append(f"{step.outcome.message} {why}")
            return
        back = Step(call, self.pipeline.catalogue, self.pipeline.make_context)
        try:
            await self._write(partial(self._intend_again, index, step))
            back.resolve((), self.pipeline.secrets)
            await back.check_before({})
            await back.run()
        except GreenroomError as error:
            if error.code != "not-found":
                self.left.append(f"Still there: {sentence(step)} ({error.message})")
        else:
            step.outcome.status = (
                "rolled_back" if step.outcome.status == "done" else step.outcome.status
            )
        await self._write(partial(self._record, index, step))

    async def _record(self, index: int, step: Step) -> None:
        status, entry = self._entry(step)
        await self.journal.record(self.plan.id, index, status, entry, at=self.clock.now())

    def _entry(self, step: Step) -> tuple[str, str]:
        """A step as the journal keeps it: status, and JSON without secrets."""
        outcome = step.outcome
        return outcome.status, self.redactor.encoded(outcome.as_dict(public=True))

    async def _interrupted(self, index: int, step: Step) -> None:
        """Ctrl-C: a running write is of unknown effect."""
        step.outcome.status = "unknown" if step.changes else "failed"
        await self._finish("failed", "Interrupted.", last=index)

    async def _finish(
        self, status: Status, message: str, *, last: int, error: GreenroomError | None = None
    ) -> Outcome:
        left = tuple(self.redactor.text(line) for line in self.left)
        if self.begun:
            steps = {
                index: self._entry(self.steps[index]) for index in range(last, len(self.steps))
            }
            text = self.redactor.text(message)
            await self._write(
                lambda: self.journal.finish(
                    self.plan.id, status, text, left, at=self.clock.now(), steps=steps
                )
            )
            if status == "done" and self.plan.undoes:
                undoes = self.plan.undoes
                await self._write(lambda: self.journal.mark_undone(undoes, self.plan.id))
        warnings = tuple(self.warnings)
        return self.pipeline._outcome(  # noqa: SLF001 - two classes of one module
            self.plan, self.steps, status, message, error=error, left=left, warnings=warnings
        )

    async def _write(self, write: Callable[[], Awaitable[None]]) -> None:
        """What happened has happened: a journal that fails now is a warning, not a failure."""
        if not self.begun:
            return
        try:
            await write()
        except GreenroomError as error:
            self.warnings.append(f"The journal does not know how this ended: {error.message}")


def sentence(step: Step) -> str:
    """A call in words: ``Delete a room and disconnect everybody in it: room lobby.``"""
    given = step.outcome.arguments.items()
    arguments = ", ".join(argument_in_words(name, value) for name, value in given)
    return f"{step.capability.summary.rstrip('.')}{': ' if arguments else ''}{arguments}."
