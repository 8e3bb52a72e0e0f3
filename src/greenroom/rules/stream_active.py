"""The stream arrives where it was to go."""

from __future__ import annotations

from greenroom.domain.egress import EgressInfo, EgressResult
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule
from greenroom.domain.streams import without_keys


@rule(gate="delivery-verification", stage="after")
async def check(step: StepView) -> Verdict:
    """Ask the service again: the answer to the start says only that it was taken. LiveKit: EgressInfo.stream_results."""
    found = await step.context.egress.list_egress(egress_id=step.result.egress_id)
    if not found:
        return block(f"The service does not know {step.result.egress_id} any more.")
    earlier = getattr(step.before, "others", ())
    for stream in streams(found[0]).values():
        if stream.location not in earlier and not stream.arrives:
            why = stream.error or found[0].error or "no server has taken it yet"
            return block(f"Nothing arrives at {stream.location}: {without_keys(why)}.")
    if found[0].status != "active":
        return block(f"{found[0].egress_id} is {found[0].status}, not active.")
    return PASS


def streams(info: EgressInfo) -> dict[str, EgressResult]:
    """Where it goes, by address; of one that was taken away and added again, the last."""
    return {result.location: result for result in info.results if result.kind == "stream"}
