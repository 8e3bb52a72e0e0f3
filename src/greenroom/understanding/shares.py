"""One step that gives several people or rooms different things: each gets its own call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greenroom.domain.plan import Call
from greenroom.understanding.fields import PERSON_KINDS, Filled
from greenroom.understanding.mentions import Token
from greenroom.understanding.reading import Read
from greenroom.understanding.search import Search

TOGETHER = {"both", "all", "each", "everyone", "everybody"}
"""Words by which what follows the last name holds for all."""


def calls_of(step: Read, search: Search) -> list[Call]:
    """One call; one for each of several names of a field that takes one; one for each group that has values of its own."""
    about = search.capabilities[step.capability]
    filled = step.filled
    main = _several(filled, about)
    if main is None:
        return [Call(capability=step.capability, arguments=filled.values)]
    groups = _groups(step, main, filled)
    shares = [search.fill(tokens, step.capability).values for _, tokens in groups]
    own = _differing(shares, main) | _only_some(groups, shares, about)
    many = about["fields"][main]["many"]
    if many and not own:
        return [Call(capability=step.capability, arguments=filled.values)]
    calls = []
    for (names, _), share in zip(groups, shares, strict=True):
        shared = {name: value for name, value in filled.values.items() if name not in own}
        arguments = {**shared, **{name: share[name] for name in own if name in share}}
        values: list[Any] = [list(names)] if many else list(names)
        calls += [
            Call(capability=step.capability, arguments=_in_order({**arguments, main: v}, about))
            for v in values
        ]
    return calls


def _several(filled: Filled, about: Mapping[str, Any]) -> str | None:
    """The field that several names were found for."""
    if filled.fan_out:
        return next(iter(filled.fan_out))
    for name, field in about["fields"].items():
        if field["many"] and field["kind"] in PERSON_KINDS and len(filled.values.get(name, ())) > 1:
            return str(name)
    return None


def _groups(step: Read, main: str, filled: Filled) -> list[tuple[tuple[str, ...], list[Any]]]:
    """Names that are listed together, and the words from them to the next group."""
    wanted = filled.fan_out.get(main) or filled.values[main]
    places = []
    for name in wanted:
        at = next(
            (
                at
                for at, token in enumerate(step.tokens)
                if name in {token.value, token.text, token.text.rstrip(".,!?:")}
                and at not in places
            ),
            None,
        )
        if at is None:
            return [((name,), []) for name in wanted]
        places.append(at)
    groups: list[tuple[list[str], int]] = []
    for at, name in sorted(zip(places, wanted, strict=True)):
        before = step.tokens[groups[-1][1] + 1 : at] if groups else None
        if before is not None and all(
            t.kind == "comma" or t.value in {"and", "&", "plus"} for t in before
        ):
            groups[-1] = ([*groups[-1][0], name], at)
        else:
            groups.append(([name], at))
    starts = [at for _, at in groups]
    ends = [*starts[1:], len(step.tokens)]
    return [
        (tuple(names), step.tokens[at:end]) for (names, at), end in zip(groups, ends, strict=True)
    ]


def _differing(shares: Sequence[Mapping[str, Any]], main: str) -> set[str]:
    """Fields that every group, or two at least, has a value of its own for."""
    names = {name for share in shares for name in share if name != main}
    own = set()
    for name in names:
        values = [share[name] for share in shares if name in share]
        if len(values) > 1 and any(value != values[0] for value in values[1:]):
            own.add(name)
    return own


def _only_some(
    groups: Sequence[tuple[tuple[str, ...], Sequence[Token]]],
    shares: Sequence[Mapping[str, Any]],
    about: Mapping[str, Any],
) -> set[str]:
    """Rights that are said of one group and not of another: "luis may talk, the lady from the ministry is hidden"."""
    if len(groups) < 2 or any(t.value in TOGETHER for _, tokens in groups for t in tokens):
        return set()
    rights = [{name for name in share if about["fields"][name]["means"]} for share in shares]
    return set().union(*rights) - rights[0].intersection(*rights) if all(rights) else set()


def _in_order(arguments: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments in the order of the capability's fields."""
    return {name: arguments[name] for name in about["fields"] if name in arguments}
