"""A token that opens a room for a person carries no rights over all rooms."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn

OVER_ALL = {
    "room_create": "create and delete any room",
    "room_list": "list all rooms",
    "room_record": "record and stream any room",
    "ingress_admin": "manage ingress of any room",
    "sip_admin": "manage SIP trunks",
    "agent": "register as a worker, which is given jobs of any room",
}
"""Argument → what its holder could do."""
COSTLY = {
    "sip_call": "place telephone calls",
    "inference_perform": "use inference that is paid for",
    "observability_write": "write observability data",
}


@rule(gate="security-review")
async def check(step: StepView) -> Verdict:
    """Block rights over all rooms; warn about those that cost money or reach beyond the room."""
    over = [words for field, words in OVER_ALL.items() if getattr(step.request, field)]
    if over:
        return block(
            f"With this token its holder could {' and '.join(over)}.",
            "Leave that right out. A server of yours uses the API key itself and needs no token.",
        )
    costly = [words for field, words in COSTLY.items() if getattr(step.request, field)]
    if costly:
        return warn(
            f"With this token its holder can {' and '.join(costly)}.",
            "Give it to servers only, never to a person's client.",
        )
    return PASS
