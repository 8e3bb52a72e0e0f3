"""The publish sources of a token are ones that clients send, and its holder may publish at all."""

from __future__ import annotations

from difflib import get_close_matches

from greenroom.domain.rights import SOURCES
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn

ALSO = {
    "audio": "microphone",
    "mic": "microphone",
    "video": "camera",
    "webcam": "camera",
    "screen": "screen_share",
    "desktop": "screen_share",
}
"""What people and other systems call them → LiveKit's name."""


def meant(source: str) -> str:
    """The source that somebody most likely means, "" for none. LiveKit's names are lower case with _."""
    plain = source.casefold().replace("-", "_").replace(" ", "_")
    near = get_close_matches(plain, SOURCES, n=1)
    return ALSO.get(plain) or (near[0] if near else "")


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Block a source that no client sends: it would silently forbid everything else. LiveKit: auth/grants.go."""
    asked = step.request.can_publish_sources
    unknown = [source for source in asked if source not in SOURCES]
    if unknown:
        named = list(dict.fromkeys(word for source in unknown if (word := meant(source))))
        hint = f"Did you mean {', '.join(named)}?" if named else f"There are {', '.join(SOURCES)}."
        return block(f"No client sends {', '.join(unknown)}.", hint)
    if asked and step.request.can_publish is False:
        return warn(
            f"{', '.join(asked)} may be published by nobody who may not publish at all.",
            "Let them publish, or leave the sources out.",
        )
    return PASS
