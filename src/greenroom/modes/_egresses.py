"""How recordings and streams are found before something is done to them, said in words, and waited for afterwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Literal

from greenroom.domain.egress import EgressDetails, EgressInfo, is_egress_id
from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.ports import Context

Wanted = Literal["recordings", "streams", "any"]
KINDS = {
    "recordings": frozenset({"file", "segments"}),
    "streams": frozenset({"stream"}),
    "any": frozenset({"file", "segments", "stream", "images"}),
}
"""What is wanted → the outputs that make an egress one of them. One with a file and a stream is both."""
NOUNS = {"recordings": "recording", "streams": "stream", "any": "recording or stream"}
PLURALS = {"recordings": "recordings", "streams": "streams", "any": "recordings and streams"}
FEW = 5


def fits(info: EgressInfo, wanted: Wanted) -> bool:
    """Whether it is what is wanted. One that does not say yet what comes out may be anything."""
    return not info.results or any(result.kind in KINDS[wanted] for result in info.results)


async def the_egress(
    context: Context, named: str, *, wanted: Wanted, active: bool = True
) -> EgressInfo:
    """The one that is meant by a room or an id, ``EG_…``; by a room, those that run come before the newest that ended.

    ``active``: only one that has not ended. Raises PreconditionFailed: not-found, with what does run;
    failed-precondition for an id that has ended; several-fit, with the ids, so that nobody stops the wrong one.
    """
    by_id = await context.egress.list_egress(egress_id=named) if is_egress_id(named) else ()
    if by_id:
        return _usable(by_id[0], wanted, active=active)
    found = [one for one in await context.egress.list_egress(named) if fits(one, wanted)]
    if wanted == "any":
        # Recordings have a mode of their own: whoever says "kill the stream" never ends one. By its id it may be ended here.
        found = [one for one in found if {result.kind for result in one.results} != {"file"}]
    running = [one for one in found if one.is_active]
    if len(running) == 1:
        return running[0]
    if running:
        hint = f"Name one by its id: {listed(context, running)}."
        msg = f"{len(running)} {PLURALS[wanted]} run in {named}."
        raise PreconditionFailed(msg, code="several-fit", hint=hint)
    if found and not active:
        return found[0]
    raise await _none_of(context, named, wanted, found)


async def with_figures(
    context: Context, named: str, *, wanted: Wanted, active: bool = True
) -> EgressDetails:
    """The one that is meant, and how it does where it runs and its service says so. Raises as ``the_egress``."""
    info = await the_egress(context, named, wanted=wanted, active=active)
    figures = dict(await context.egress.figures(info.egress_id)) if info.is_active else {}
    return EgressDetails(egress=info, figures=figures)


def _usable(info: EgressInfo, wanted: Wanted, *, active: bool) -> EgressInfo:
    if not fits(info, wanted):
        msg = f"{info.egress_id} is no {NOUNS[wanted]}: it is a {what_it_is(info)} of {info.room}."
        hint = "`greenroom egress list` shows streams and exports, `greenroom recording list` recordings."
        raise PreconditionFailed(msg, code="not-found", hint=hint)
    if active and not info.is_active:
        msg = f"The {what_it_is(info)} {info.egress_id} of {info.room} has ended already: it is {info.status}."
        raise PreconditionFailed(msg, code="failed-precondition", hint=ended_with(info))
    return info


async def _none_of(
    context: Context, named: str, wanted: Wanted, ended: Sequence[EgressInfo]
) -> PreconditionFailed:
    """Not-found: with what became of the last one there, else with what runs elsewhere."""
    running = [one for one in await context.egress.list_egress(active=True) if fits(one, wanted)]
    rooms = {one.room: one.egress_id for one in running}
    near = get_close_matches(named, [*rooms, *rooms.values()], n=1, cutoff=0.6)
    if near:
        hint = f"Did you mean {near[0]}?"
    elif ended:
        hint = f"The last one there, {ended[0].egress_id}, is {ended[0].status}. {ended_with(ended[0])}"
    elif running:
        hint = f"There is: {listed(context, running)}."
    else:
        hint = f"There is no {NOUNS[wanted]} in any room just now."
    msg = f"There is no {NOUNS[wanted]} {'under way ' if ended else ''}in {named}."
    if is_egress_id(named):
        msg = f"There is no {NOUNS[wanted]} with the id {named}."
    return PreconditionFailed(msg, code="not-found", hint=hint.strip())


def what_it_is(info: EgressInfo) -> str:
    """``recording``, ``stream``, ``recording and stream``, or ``series of pictures``."""
    kinds = {result.kind for result in info.results}
    names = [NOUNS[w] for w in ("recordings", "streams") if kinds & KINDS[w]]
    if names:
        return " and ".join(names)
    return "series of pictures" if "images" in kinds else "egress"


def listed(context: Context, egresses: Sequence[EgressInfo]) -> str:
    """``EG_1 (lobby, for 12 min), EG_2 (dana in lobby, for 20 s)``."""
    said = [
        f"{one.egress_id} ({one.whom}, for {lasted(one, context.clock.now())})"
        for one in egresses[:FEW]
    ]
    more = len(egresses) - FEW
    return ", ".join(said) + (f" and {more} more" if more > 0 else "")


def lasted(info: EgressInfo, now: float) -> str:
    """How long it has run, or ran: ``20 s``, ``12 min``, ``2 h 5 min``."""
    end = info.ended_at or now
    return long(end - info.started_at) if info.started_at else "0 s"


def long(seconds: float) -> str:
    """A length of time for people."""
    whole = max(0, round(seconds))
    minutes, hours = whole // 60, whole // 3600
    if whole < 120:
        return f"{whole} s"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def ended_with(info: EgressInfo) -> str:
    """What came of it: ``lobby.mp4: 12 min, 34.1 MB.`` and its error; "" where nothing is known."""
    if info.files_deleted:
        return "Its files were deleted."
    if info.is_simulated:
        return "Sandbox: no media was recorded."
    said = [f"{results(info)}."] if any(result.location for result in info.results) else []
    said += [f"{info.error.rstrip('.')}."] if info.error else []
    return " ".join(said)


def begun(said: str, info: EgressInfo) -> str:
    """What is said of one that has begun, and that nothing comes of it where that is so."""
    return f"{said} Sandbox: no media is recorded." if info.is_simulated else said


def results(info: EgressInfo) -> str:
    """Each file, stream and series, with length and size where they are known."""
    said = []
    for result in info.results:
        known = [long(result.duration)] if result.duration else []
        known += [f"{result.count} files"] if result.count else []
        known += [size(result.size)] if result.size else []
        known += [result.error] if result.error else []
        said.append(f"{result.location}{': ' if known else ''}{', '.join(known)}")
    return "; ".join(said)


def size(count: int) -> str:
    """Bytes for people: ``812 kB``, ``34.1 MB``."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))} kB"
    return f"{count / 1_000_000:,.1f} MB"


async def waited(
    context: Context, info: EgressInfo, *, past: Collection[str], seconds: float
) -> EgressInfo:
    """As it is once its status is none of ``past``, or when the time is up; looked at again and again."""
    end, pause = context.clock.now() + seconds, 0.1
    while info.status in past and context.clock.now() < end:
        await context.clock.sleep(pause)
        pause = min(pause * 1.5, 1.0)
        info = next(iter(await context.egress.list_egress(egress_id=info.egress_id)), info)
    return info


def notified(context: Context) -> tuple[str, ...]:
    """URLs that are told about every egress that is started: webhooks of its request. Raises ConfigurationError (invalid-config)."""
    return tuple(context.settings.chosen("egress.notifications") or ())


FIGURES = {
    "fps": "{:.0f} pictures a second",
    "dropped": "{:,.0f} pictures left out",
    "cpu": "{:.0f}% of a core",
    "late_ms": "{:.0f} ms late",
}
"""Figure of Greenroom's recorder → how it is said."""


def how_it_does(what: str, details: EgressDetails) -> str:
    """``The recording of lobby (EG_1) is active, for 20 s, and is paused: 30 pictures a second.``, or what came of it."""
    info, figures = details.egress, details.figures
    said = f"The {what} of {info.whom} ({info.egress_id}) is {info.status}"
    if not info.is_active:
        return f"{said}. {ended_with(info)}".strip()
    now = info.started_at + figures["seconds"] if is_number(figures, "seconds") else info.updated_at
    said += f", for {lasted(info, now)}{', and is paused' if is_paused(details) else ''}"
    known = [
        words.format(figures[name]) for name, words in FIGURES.items() if is_number(figures, name)
    ]
    return begun(f"{said}: {', '.join(known)}." if known else f"{said}.", info)


def is_paused(details: EgressDetails) -> bool:
    """As the service's figures say it."""
    return details.figures.get("paused") is True


def is_number(figures: Mapping[str, Any], name: str) -> bool:
    """Whether the service says that."""
    return isinstance(figures.get(name), int | float)
