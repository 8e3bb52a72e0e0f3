"""One request's way: words to a planner, its calls to the pipeline, and what the session remembers."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from greenroom.domain.capability import Kind
from greenroom.domain.conversation import Conversation, Pending
from greenroom.domain.egress import is_egress_id
from greenroom.domain.errors import GreenroomError, InvalidRequest, NotUnderstood
from greenroom.domain.explanation import Explanation
from greenroom.domain.nouns import FollowUp
from greenroom.domain.outcome import Outcome, Question
from greenroom.domain.plan import Call, Plan
from greenroom.domain.planning import Answer, Ask, Brief, Calls, Reply
from greenroom.domain.ports import ChatModel
from greenroom.domain.records import Approvals, Conversations
from greenroom.hub.explain import explained, within
from greenroom.hub.pipeline import Pipeline
from greenroom.hub.plan import fields_of_kind, make_plan, new_id, secret_fields
from greenroom.understanding.names import LiveNames

ROOM_KINDS = (Kind.ROOM, Kind.ROOM_TO_BE, Kind.EGRESS)
LONGEST_REQUEST = 20_000
"""Characters. A page of text is 3,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a request is to be run, whichever door it came through."""

    approve: bool = False
    dry_run: bool = False
    waive: Mapping[str, str] = field(default_factory=dict)
    session: str | None = None
    mode: str = ""
    """Only capabilities of this mode; "": all."""
    explain: bool = False
    on_plan: Callable[[Plan], None] | None = None
    """Is shown each plan before anything of it runs."""


@dataclass(slots=True, kw_only=True)
class Coordinator:
    """Takes requests in words or as calls, and hands the work out."""

    pipeline: Pipeline
    planner: ChatModel
    conversations: Conversations
    approvals: Approvals
    looked_back: bool = False

    async def ask(self, text: str, options: Options) -> Outcome:
        """Plain words. Never raises GreenroomError."""
        conversation = Conversation()
        explanation: Explanation | None = None
        started = self.pipeline.clock.now()
        try:
            text = readable(text)
            if options.session:
                conversation = self.conversations.load(options.session)
            context = self.pipeline.make_context()
            names = LiveNames(context.rooms, context.egress, context.settings)
            brief = self._brief(text, conversation, options, names)
            reply = within(await self.planner.reply(brief), brief.mode)
            if names.unreachable is not None and self._needs_server(reply):
                raise names.unreachable
            if options.explain:
                explanation = explained(reply, self.pipeline.catalogue, self.pipeline.redactor)
            if isinstance(reply, Calls):
                outcome = await self._run(reply.calls, options, text=text)
                conversation = self._remember(conversation, outcome)
            elif isinstance(reply, Ask):
                outcome = self._nothing_ran(
                    "needs_input", reply.question.question, questions=(reply.question,)
                )
                outcome.facts = {"draft": reply.draft}
                conversation = replace(
                    conversation, pending=self._pending(reply.question, reply.draft)
                )
            elif isinstance(reply, Answer):
                outcome = self._nothing_ran("done", reply.message)
            else:
                raise NotUnderstood(reply.message, code=reply.code, hint=reply.hint)
            if outcome.status != "planned":
                self._save(options.session, conversation, outcome)
        except GreenroomError as error:
            outcome = self._nothing_ran("failed", error.message, error=error)
        outcome.explanation = explanation
        return self._close(outcome, started)

    def _brief(
        self, text: str, conversation: Conversation, options: Options, names: LiveNames
    ) -> Brief:
        """What the planner is given. Raises InvalidRequest for a mode that is not there."""
        mode = self.pipeline.catalogue.mode_named(options.mode)
        return Brief(
            text=text,
            conversation=conversation,
            names=names,
            catalogue=self.pipeline.catalogue.narrowed(mode),
            mode=mode,
            explain=options.explain,
        )

    def leave_question(self, session: str) -> None:
        """Forget the question that waits there. A session that cannot be kept has none."""
        with suppress(GreenroomError):
            conversation = self.conversations.load(session)
            if conversation.pending is not None:
                now = self.pipeline.clock.now()
                self.conversations.save(session, replace(conversation, pending=None), at=now)

    def _recall(self, session: str | None, outcome: Outcome) -> None:
        """Remember what was done of a plan that had to wait. It is done, whatever becomes of this."""
        if session is None:
            return
        try:
            conversation = self._remember(self.conversations.load(session), outcome)
        except GreenroomError as error:
            outcome.warnings = (*outcome.warnings, f"This was not remembered: {error.message}")
        else:
            self._save(session, conversation, outcome)

    def _needs_server(self, reply: Reply) -> bool:
        """Whether what was understood without any live name would have to ask the server that is not there."""
        if isinstance(reply, Answer):
            return False
        calls = reply.calls if isinstance(reply, Calls) else ()
        calls = reply.draft if isinstance(reply, Ask) else calls
        about = self.pipeline.catalogue.compiled["capabilities"]
        return not calls or any(about.get(call.capability, {}).get("grant") for call in calls)

    def _save(self, session: str | None, conversation: Conversation, outcome: Outcome) -> None:
        """Keep the conversation. What was done is done: a failure here is a warning."""
        if session is None:
            return
        try:
            self.conversations.save(session, conversation, at=self.pipeline.clock.now())
        except GreenroomError as error:
            outcome.warnings = (*outcome.warnings, f"This was not remembered: {error.message}")

    async def call(
        self, capability: str, arguments: Mapping[str, Any], options: Options
    ) -> Outcome:
        """A typed call. Never raises GreenroomError."""
        started = self.pipeline.clock.now()
        call = Call(capability=capability, arguments=dict(arguments))
        return self._close(await self._run((call,), options), started)

    async def approve(self, approval_id: str) -> Outcome:
        """Run a plan that waits. Exactly one caller gets to."""
        started = self.pipeline.clock.now()
        try:
            plan = self.approvals.claim(approval_id, at=started)
            try:
                outcome = await self._run_approved(plan)
            finally:
                self.pipeline.forget_secrets(plan)
            outcome = await self._follow(outcome, Options(session=plan.session))
            self._recall(plan.session, outcome)
        except GreenroomError as error:
            outcome = self._nothing_ran("failed", error.message, error=error)
        return self._close(outcome, started)

    async def _run_approved(self, plan: Plan) -> Outcome:
        """Run a plan that was claimed. Raises InvalidRequest (approval-changed) on another server."""
        target = self.pipeline.make_context().target.url
        if plan.target != target:
            msg = f"The plan was made for {plan.target}, and this is {target}."
            raise InvalidRequest(
                msg, code="approval-changed", hint="Ask again on the right server."
            )
        return await self.pipeline.run(plan, approved=True)

    async def _run(self, calls: Sequence[Call], options: Options, text: str = "") -> Outcome:
        """Make a plan, run it, and run what it leads to."""
        try:
            plan = make_plan(
                self.pipeline.catalogue,
                calls,
                now=self.pipeline.clock.now(),
                target=self.pipeline.make_context().target.url,
                text=text,
                session=options.session,
                waive=self.pipeline.redactor.json(dict(options.waive)),
            )
        except GreenroomError as error:
            return self._nothing_ran("failed", error.message, error=error)
        return await self._follow(await self._go(plan, options), options)

    async def _go(self, plan: Plan, options: Options) -> Outcome:
        """Show the plan to whoever wants to see it, and run it."""
        if options.on_plan is not None:
            options.on_plan(plan)
        # What would be done is the plan that such a step leads to, and looking for it does nothing.
        looks = all(self.pipeline.catalogue.capability(c.capability).leads_on for c in plan.calls)
        dry = options.dry_run and not looks
        return await self.pipeline.run(plan, approved=options.approve, dry_run=dry)

    async def _follow(self, outcome: Outcome, options: Options) -> Outcome:
        """A capability that spans several answers with calls: they are a plan of their own."""
        value = outcome.value
        if outcome.status != "done" or not isinstance(value, FollowUp):
            return outcome
        try:
            plan = make_plan(
                self.pipeline.catalogue,
                value.calls,
                now=self.pipeline.clock.now(),
                target=outcome.target,
                text=value.about,
                session=options.session,
                undoes=value.undoes,
            )
        except GreenroomError as error:
            return self._nothing_ran("failed", error.message, error=error)
        return await self._go(plan, options)

    def _remember(self, before: Conversation, outcome: Outcome) -> Conversation:
        """Last things named and last calls done; nothing secret."""
        now = replace(before, pending=None)
        done = []
        for step in outcome.steps:
            capability = self.pipeline.catalogue.capability(step.call.capability)
            if step.status not in {"failed", "skipped"}:
                rooms = fields_of_kind(capability.request, *ROOM_KINDS)
                room = last_name(step.arguments, rooms)
                person = last_name(
                    step.arguments,
                    fields_of_kind(capability.request, Kind.PERSON, Kind.PERSON_TO_BE),
                )
                now = replace(now, room=room or now.room, person=person or now.person)
            if step.status == "done":
                secret = secret_fields(capability)
                kept = {n: value for n, value in step.arguments.items() if n not in secret}
                done.append(Call(capability=step.call.capability, arguments=kept))
        return replace(now, calls=tuple(done)) if done else now

    def _pending(self, question: Question, draft: Sequence[Call]) -> Pending | None:
        """A question waits only when nothing secret waits with it."""
        secret = any(
            call.arguments.keys()
            & secret_fields(self.pipeline.catalogue.capability(call.capability))
            for call in draft
        )
        return None if secret else Pending(question=question, draft=tuple(draft))

    def _nothing_ran(self, status: Any, message: str, **more: Any) -> Outcome:
        redact = self.pipeline.redactor.text
        try:
            target = self.pipeline.make_context().target.url
        except GreenroomError:
            target = ""
        now = self.pipeline.clock.now()
        return Outcome(
            id=new_id(now), status=status, message=redact(message), target=target, **more
        )

    def _close(self, outcome: Outcome, started: float) -> Outcome:
        """Add how long it took and, once a process, what earlier processes left unfinished."""
        outcome.elapsed_ms = (self.pipeline.clock.now() - started) * 1000
        if not self.looked_back:
            self.looked_back = True
            outcome.warnings = (*self._look_back(), *outcome.warnings)
        return outcome

    def _look_back(self) -> list[str]:
        """Plans that died with their process: what was done, what is unknown, what is left. Clears up after them."""
        self.pipeline.secrets.forget_expired(at=self.pipeline.clock.now())
        try:
            entries = self.pipeline.journal.interrupted()
        except GreenroomError:
            return []
        return [
            f"Interrupted before its end: {entry.text or entry.id} — "
            + "; ".join(
                f"{step['capability']} {AFTERWARDS.get(step['status'], step['status'])}"
                for step in entry.steps
            )
            for entry in entries
        ]


def last_name(arguments: Mapping[str, Any], fields: Iterable[str]) -> str:
    """The last name in these arguments, "" where there is none."""
    for name in fields:
        value = arguments.get(name)
        last = value[-1] if isinstance(value, list) and value else value
        if isinstance(last, str) and not is_egress_id(last):
            return last
    return ""


AFTERWARDS = {"done": "was done", "unknown": "is of unknown effect", "planned": "was not begun"}


def readable(text: str) -> str:
    """The request, if it is one. Raises InvalidRequest (empty-request, request-too-long, request-not-text)."""
    if len(text) > LONGEST_REQUEST:
        msg = f"The request has {len(text)} characters; at most {LONGEST_REQUEST} are read."
        raise InvalidRequest(msg, code="request-too-long", hint="Say it in a few sentences.")
    if any(unicodedata.category(c) in {"Cc", "Cs", "Cn"} and c not in "\n\r\t" for c in text):
        msg = "The request holds bytes that are not text."
        raise InvalidRequest(msg, code="request-not-text", hint="Send plain text in UTF-8.")
    if not text.strip():
        msg = "There is nothing to do: the request is empty."
        raise InvalidRequest(
            msg, code="empty-request", hint='Try: greenroom ask "create a room called standup"'
        )
    return text
