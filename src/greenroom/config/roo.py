"""What mode files written for Roo Commander carry beside settings: tables that are skipped, checklists that are kept.

Its checklists are prose that no program can evaluate: they become questions for a reviewer, by gate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

DESCRIBES = frozenset({
    "id", "title", "name", "version", "description", "summary", "scope", "context_type",
    "target_audience", "granularity", "status", "last_updated", "tags", "related_context",
    "relevance", "template_schema_doc",
})  # fmt: skip
"""Names at the top that describe the file itself."""
FOREIGN = ("mode", "mode_config", "qa_gates", "knowledge_sources", "integration", "classification")
"""Roo Commander's own tables."""
GATES = (
    "requirements-validation", "architectural-alignment", "security-review", "performance-assessment",
    "compliance-verification", "delivery-verification", "event-handling-verification",
)  # fmt: skip
SPELLED = {"requirement-validation": "requirements-validation"}
"""Gates that the original files spell in another way."""


def gate_name(spelled: str) -> str:
    """``requirement_validation``, ``requirements_validation`` and ``requirements-validation`` are one gate."""
    name = spelled.strip().lower().replace("_", "-")
    return SPELLED.get(name, name)


def review_questions(raw: Mapping[str, Any]) -> dict[str, list[str]]:
    """Gate → its checklist, of everything below ``[qa_gates]`` that has one."""
    gates = raw.get("qa_gates")
    found: dict[str, list[str]] = {}
    for spelled, about in gates.items() if isinstance(gates, Mapping) else ():
        checklist = about.get("checklist") if isinstance(about, Mapping) else None
        if isinstance(checklist, list):
            name = gate_name(str(about.get("gate_name") or spelled))
            found.setdefault(name, []).extend(item for item in checklist if isinstance(item, str))
    return found


def remarks(raw: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """``(key, message, hint)`` of what people should know about such a file."""
    foreign = [name for name in FOREIGN if name in raw]
    if not foreign:
        return
    count = sum(map(len, review_questions(raw).values()))
    kept = f" {count} checklist items are kept as review questions." if count else ""
    tables = ", ".join(f"[{name}]" for name in foreign)
    message = f"was written for Roo Commander: {tables} are no settings.{kept}"
    yield foreign[0], message, "`greenroom config validate` shows the review questions."
    gates = raw.get("qa_gates")
    if not isinstance(gates, Mapping):
        return
    for spelled, about in gates.items():
        name = gate_name(spelled)
        if isinstance(about, Mapping) and spelled not in {name, name.replace("-", "_")}:
            yield f"qa_gates.{spelled}", f"is read as the gate {name}", f"Write {name}."
    required = gates.get("required_gates")
    for spelled in required if isinstance(required, list) else ():
        name = gate_name(str(spelled))
        if name not in GATES:
            hint = f"Greenroom's gates are {', '.join(GATES)}."
            yield "qa_gates.required_gates", f"names {spelled}, which no rule belongs to", hint
        elif name != spelled:
            yield (
                "qa_gates.required_gates",
                f"{spelled} is read as the gate {name}",
                f"Write {name}.",
            )
