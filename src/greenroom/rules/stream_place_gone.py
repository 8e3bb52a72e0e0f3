"""The stream goes no more to the place that was taken away, and still to the others."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="delivery-verification", stage="after")
async def check(step: StepView) -> Verdict:
    """Ask the service again."""
    for info in await step.context.egress.list_egress(egress_id=step.result.egress_id):
        streams = {r.location: r.status for r in info.results if r.kind == "stream"}
        if streams.get(step.before.shown, "finished") not in {"finished", "failed"}:
            return block(f"The service said yes, but still streams to {step.before.shown}.")
        lost = [place for place in step.before.others if streams.get(place) != "active"]
        if lost and info.is_active:
            return block(
                f"The stream to {lost[0]} was to go on, and is {streams.get(lost[0], 'gone')}."
            )
    return PASS
