"""A storage has all that is needed to write into it."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn


@rule(gate="delivery-verification")
async def check(step: StepView) -> Verdict:
    """Block a storage of nobody's, or without a bucket; warn where credentials or a region are missing."""
    request, settings = step.request, step.context.settings.now()
    former = settings.chosen("egress.storage") or {}
    kind = request.storage or former.get("type")
    if kind is None:
        return block("Whose storage is it?", "Say s3, gcp, azure, alioss or local.")
    if kind == "local":
        return PASS
    kept = former if former.get("type") in {None, kind} else {}
    if not (request.bucket or kept.get("bucket")):
        return block(f"A storage of {kind} needs a bucket.", "Give its name: --bucket NAME.")
    if request.endpoint not in {None, kept.get("endpoint")}:
        kept = {}
    if not (request.credentials or kept.get("credentials")):
        return warn(
            "No credentials are kept: the egress service must have some of its own, and the storage cannot be checked from here.",
            "Give a reference to them: --credentials file:PATH or env:NAME.",
        )
    if kind == "s3" and not (request.region or kept.get("region")):
        return warn(
            "No region is given; us-east-1 is taken.", "Give the bucket's: --region eu-west-1."
        )
    return PASS
