"""Plans that wait for a yes."""

from __future__ import annotations

import json
from typing import Any

from greenroom.adapters.sqlite.database import Database
from greenroom.domain.errors import ApprovalError
from greenroom.domain.outcome import Approval
from greenroom.domain.plan import Call, Plan

ASK_AGAIN = "Ask again: a new approval is made from how things are now."


class SqliteApprovals:
    """ports.Approvals on the table ``approvals``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def store(self, approval: Approval, plan: Plan) -> None:
        """Keep a plan until it is approved or expires."""
        shape = {
            "id": plan.id,
            "target": plan.target,
            "calls": [call.as_dict() for call in plan.calls],
            "text": plan.text,
            "session": plan.session,
            "waive": dict(plan.waive),
            "undoes": plan.undoes,
        }
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO approvals (id, hash, expires_at, plan) VALUES (?, ?, ?, ?)",
                (approval.id, approval.hash, approval.expires_at, json.dumps(shape)),
            )

    def claim(self, approval_id: str, *, at: float) -> Plan:
        """Take a plan for running: one UPDATE decides which caller gets it."""
        with self._database.writing() as db:
            taken = list(
                db.execute(
                    "UPDATE approvals SET used_at = ? WHERE id = ? AND used_at IS NULL AND expires_at > ? "
                    "RETURNING hash, plan",
                    (at, approval_id, at),
                )
            )
            if not taken:
                known = list(
                    db.execute("SELECT used_at FROM approvals WHERE id = ?", (approval_id,))
                )
                raise refusal(approval_id, known)
        digest, stored = taken[0]
        plan = read_plan(json.loads(stored))
        if plan.hash != digest:
            msg = f"The plan stored for approval {approval_id} is not the one that was shown."
            raise ApprovalError(msg, code="approval-changed", hint=ASK_AGAIN)
        return plan


def refusal(approval_id: str, known: list[Any]) -> ApprovalError:
    """Why there was nothing to take."""
    if not known:
        return ApprovalError(
            f"No approval waits under {approval_id}.", code="approval-unknown", hint=ASK_AGAIN
        )
    if known[0][0] is not None:
        return ApprovalError(
            f"Approval {approval_id} was used already.",
            code="approval-used",
            hint="`greenroom journal` shows what came of it.",
        )
    return ApprovalError(
        f"Approval {approval_id} has expired.", code="approval-expired", hint=ASK_AGAIN
    )


def read_plan(shape: dict[str, Any]) -> Plan:
    """A plan from its stored shape."""
    return Plan(**{**shape, "calls": tuple(Call.from_dict(call) for call in shape["calls"])})
