"""A room is not created against the policy that is kept for its name."""

from __future__ import annotations

from greenroom.domain.rights import policy_key
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="security-review")
async def check(step: StepView) -> Verdict:
    """Block screen sharing that the policy forbids, and the reverse: a policy is changed on purpose."""
    asked, name = step.request.screen_sharing, step.request.name
    if asked is None:
        return PASS
    kept = step.context.settings.chosen(policy_key(name, "screenSharing"))
    if kept is None and step.before is not None:
        return block(
            f"Room {name} exists already, and creating it again changes nothing.",
            f"Change its policy: greenroom room set-policy {name} …",
        )
    if kept in (None, asked):
        return PASS
    says = "allows" if kept else "forbids"
    return block(
        f"The policy that is kept for {name} {says} screen sharing.",
        f"Change it first: greenroom room set-policy {name} "
        f"{'--screen-sharing' if asked else '--no-screen-sharing'}",
    )
