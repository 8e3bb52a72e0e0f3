"""What exists: capabilities and rules, found by folder and loaded when first needed."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from greenroom.domain.capability import Capability
from greenroom.domain.errors import GreenroomError, InvalidRequest
from greenroom.domain.nouns import CapabilityList, CapabilitySummary
from greenroom.domain.rule import Rule


def load_capability(identifier: str) -> Capability:
    """Import one capability's file. Raises what the file raises, or TypeError when it declares none."""
    module = importlib.import_module(f"greenroom.modes.{identifier}")
    for value in vars(module).values():
        if isinstance(value, Capability) and value.id == identifier:
            return value
    msg = f"{identifier} declares no capability; a helper's file name begins with _"
    raise TypeError(msg)


def load_rule(identifier: str) -> Rule:
    """Import one rule's file. Raises what the file raises, or TypeError when it declares none."""
    module = importlib.import_module(f"greenroom.rules.{identifier.replace('-', '_')}")
    for value in vars(module).values():
        if isinstance(value, Rule) and value.id == identifier:
            return value
    msg = f"rules/{identifier.replace('-', '_')}.py declares no rule"
    raise TypeError(msg)


PREFIX = "livekit-"
"""People may write a mode's name with it."""
EVERYTHING = "coordinator"
"""Narrowed to the coordinator is not narrowed at all: it reaches every mode."""


class Catalogue:
    """Capabilities and rules by id. Built on the compiled catalogue; imports a file only when it is used."""

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self.compiled = compiled
        self._loaded: dict[str, Capability] = {}
        self._rules: dict[str, Rule] = {}
        self._stages: dict[str, tuple[list[Rule], list[Rule]]] = {}

    def capability(self, identifier: str) -> Capability:
        """Raises InvalidRequest (unknown-capability, with the nearest) or GreenroomError (broken-capability)."""
        if identifier in self._loaded:
            return self._loaded[identifier]
        if identifier in self.compiled["broken"]:
            msg = f"{identifier} could not be loaded: {self.compiled['broken'][identifier]}"
            raise GreenroomError(msg, code="broken-capability", hint="Mend or remove that file.")
        if identifier not in self.compiled["capabilities"]:
            near = get_close_matches(identifier, self.compiled["capabilities"], n=1)
            hint = f"Did you mean {near[0]}?" if near else "`greenroom --help` lists what there is."
            msg = f"There is no capability {identifier}."
            raise InvalidRequest(msg, code="unknown-capability", hint=hint)
        return self._loaded.setdefault(identifier, load_capability(identifier))

    def rule(self, identifier: str) -> Rule:
        """A rule that a loaded capability names."""
        if identifier not in self._rules:
            self._rules[identifier] = load_rule(identifier)
        return self._rules[identifier]

    def rules_of(self, capability: Capability) -> tuple[list[Rule], list[Rule]]:
        """A capability's rules of the stages *before* and *after*, each in order."""
        if capability.id not in self._stages:
            rules = [self.rule(name) for name in capability.rules]
            self._stages[capability.id] = (
                [rule for rule in rules if rule.stage == "before"],
                [rule for rule in rules if rule.stage == "after"],
            )
        return self._stages[capability.id]

    def summaries(self, mode: str | None = None) -> CapabilityList:
        """Capabilities of one mode or all, in order of id."""
        lines = tuple(
            CapabilitySummary(
                id=identifier,
                summary=about["summary"],
                effect=about["effect"],
                example=about["examples"][0][0] if about["examples"] else "",
                cannot_undo=about["cannot_undo"],
            )
            for identifier, about in self.compiled["capabilities"].items()
            if mode in {None, about["mode"]}
        )
        return CapabilityList(capabilities=lines, broken=dict(self.compiled["broken"]))

    def modes(self) -> tuple[str, ...]:
        """Modes that have a capability."""
        return tuple(sorted({about["mode"] for about in self.compiled["capabilities"].values()}))

    def mode_named(self, name: str) -> str:
        """The mode that a request is narrowed to; "" for the coordinator. Raises InvalidRequest for one that is not there."""
        mode = name.strip().casefold().removeprefix(PREFIX)
        if mode in {"", EVERYTHING}:
            return ""
        if mode not in self.modes():
            known = ", ".join(f"{PREFIX}{each}" for each in self.modes())
            near = get_close_matches(mode, self.modes(), n=1)
            hint = f"Did you mean {PREFIX}{near[0]}? " if near else ""
            raise InvalidRequest(f"There is no mode {name}.", hint=f"{hint}There are: {known}.")
        return mode

    def narrowed(self, mode: str) -> Mapping[str, Any]:
        """The compiled catalogue with the capabilities of one mode only; "" leaves it whole."""
        if not mode:
            return self.compiled
        kept = {i: a for i, a in self.compiled["capabilities"].items() if a["mode"] == mode}
        return {**self.compiled, "capabilities": kept}
