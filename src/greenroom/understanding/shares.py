"""One step that gives several people or rooms different things: each gets its own call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from greenroom.domain.plan import Call
from greenroom.understanding.fields import PERSON_KINDS, Filled
from greenroom.understanding.mentions import ANDS, Token
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
    shares = _shares(groups, step, search)
    if not _rights(shares[0], about):
        # "A teacher token for varga": what is said of the first may stand before the name.
        names, tokens = groups[0]
        whole = step.tokens[: step.tokens.index(tokens[-1]) + 1] if tokens else []
        shares[:1] = _shares([(names, whole)], step, search)
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
                if name in {token.value, token.as_name, token.text.rstrip(".,!?:")}
                and at not in places
            ),
            None,
        )
        if at is None:
            return [((name,), []) for name in wanted]
        places.append(at)
    groups: list[tuple[list[str], int]] = []
    """Names, and where what is said of them begins."""
    last = -1
    for at, name in sorted(zip(places, wanted, strict=True)):
        between = step.tokens[last + 1 : at]
        if groups and all(_joins(token) for token in between):
            groups[-1][0].append(name)
        else:
            joint = max((i for i, t in enumerate(between) if _joins(t)), default=None)
            begins = at if joint is None or not groups else last + 2 + joint
            groups.append(([name], begins))
        last = at
    starts = [start for _, start in groups]
    ends = [*starts[1:], len(step.tokens)]
    return [
        (tuple(names), step.tokens[start:end])
        for (names, start), end in zip(groups, ends, strict=True)
    ]


def _joins(token: Token) -> bool:
    return token.kind == "comma" or token.value in ANDS


def _shares(
    groups: Sequence[tuple[tuple[str, ...], Sequence[Token]]], step: Read, search: Search
) -> list[dict[str, Any]]:
    """What the words of each group say; its own names are nothing else."""
    found = [(names, search.fill(tokens, step.capability).values) for names, tokens in groups]
    return [{n: v for n, v in share.items() if v not in names} for names, share in found]


def _rights(share: Mapping[str, Any], about: Mapping[str, Any]) -> set[str]:
    """Fields of a share that say what somebody may do or is."""
    fields = about["fields"]
    return {name for name in share if fields[name]["means"] or fields[name]["kind"] == "role"}


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
    if len(groups) < 2:
        return set()
    rights = [_rights(share, about) for share in shares]
    apart = all(rights) and all(one.isdisjoint(other) for one, other in pairwise(rights))
    if not apart and any(t.value in TOGETHER for _, tokens in groups for t in tokens):
        return set()
    return set().union(*rights) - rights[0].intersection(*rights) if all(rights) else set()


def _in_order(arguments: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments in the order of the capability's fields."""
    return {name: arguments[name] for name in about["fields"] if name in arguments}
