"""Deals new gold requests into the seen and the unseen half, voice by voice, without showing them to anybody.

python -m tests.gold.split FILE.jsonl …
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

GOLD = Path(__file__).parent.parent / "data" / "gold"


def half(identifier: str) -> str:
    """A fair coin that always falls alike for one id."""
    return "seen" if hashlib.sha256(identifier.encode()).digest()[0] % 2 else "unseen"


def main() -> None:
    """Append each request to its half and remove the file."""
    for name in sys.argv[1:]:
        file = Path(name)
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                to = GOLD / half(json.loads(line)["id"]) / file.name
                with to.open("a", encoding="utf-8") as dealt:
                    dealt.write(line + "\n")
        file.unlink()


if __name__ == "__main__":
    main()
