"""What a planner says about itself, as people may see it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from greenroom.domain.explanation import Explanation
from greenroom.domain.marks import SECRET_KINDS
from greenroom.domain.planning import Ask, Calls, Refuse, Reply
from greenroom.hub.catalogue import EVERYTHING, PREFIX, Catalogue
from greenroom.hub.plan import secret_fields
from greenroom.hub.shape import Redactor

HIDDEN = "***"


def explained(reply: Reply, catalogue: Catalogue, redactor: Redactor) -> Explanation:
    """The reply's explanation without secrets; an empty one from a planner that explains nothing."""
    shape = (reply.explanation or Explanation()).as_dict()
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
        explanation=replace(reply.explanation or Explanation(), reason=message),
    )
