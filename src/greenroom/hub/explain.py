"""What a planner says about itself, as people may see it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from greenroom.domain.explanation import Explanation, StepExplanation
from greenroom.domain.marks import SECRET_KINDS
from greenroom.domain.planning import Ask, Calls, Refuse, Reply
from greenroom.hub.catalogue import EVERYTHING, PREFIX, Catalogue
from greenroom.hub.plan import secret_fields
from greenroom.hub.shape import Redactor

HIDDEN = "***"


def explained(reply: Reply, catalogue: Catalogue, redactor: Redactor) -> Explanation:
    """The reply's explanation without secrets; what ``because`` says, from a planner that explains no more."""
    shape = (reply.explanation or from_lines(reply)).as_dict()
    for mention in shape["mentions"]:
        if mention["kind"] in SECRET_KINDS:
            mention |= {"text": HIDDEN, "value": HIDDEN}
    for step in shape["steps"]:
        if step["capability"] not in catalogue.compiled["capabilities"]:
            continue
        secret = secret_fields(catalogue.capability(step["capability"]))
        for origin in step["origins"]:
            if origin["field"] in secret:
                origin["value"] = HIDDEN
    redacted: dict[str, Any] = redactor.json(shape)
    return Explanation.from_dict(redacted)


def from_lines(reply: Reply) -> Explanation:
    """An explanation of a reply that carries none. Calls that share a line are one step."""
    if not isinstance(reply, Calls):
        return Explanation()
    one_each = len(reply.because) == len(reply.calls)
    names = [call.capability for call in reply.calls] if one_each else [""] * len(reply.because)
    return Explanation(
        steps=tuple(
            StepExplanation(capability=name, because=line)
            for name, line in zip(names, reply.because, strict=True)
        )
    )


def within(reply: Reply, mode: str) -> Reply:
    """The reply; a refusal where it leaves the mode that the request is narrowed to. "": all modes."""
    calls = reply.calls if isinstance(reply, Calls) else ()
    calls = reply.draft if isinstance(reply, Ask) else calls
    outside = [call for call in calls if mode and call.mode != mode]
    if not outside:
        return reply
    other = outside[0]
    message = f"{PREFIX}{mode} does not do that: {other.capability} is {PREFIX}{other.mode}'s."
    return Refuse(
        code="out-of-scope",
        message=message,
        hint=f"Nothing was done. {PREFIX}{EVERYTHING} reaches every mode.",
        explanation=replace(reply.explanation or from_lines(reply), reason=message),
    )
