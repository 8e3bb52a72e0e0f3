"""Entry point of the ``greenroom`` command.

`config show` and `config explain` are run many times a day, also by scripts and prompts: in their plain forms they
are answered here, before click is imported, which alone takes longer than they do. Everything else is click's.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

QUICK = ("show", "explain")


def main() -> None:
    """Run the command line; exit with its code."""
    if sys.argv[1:2] == ["config"] and (code := quick(sys.argv[2:])) is not None:
        sys.exit(code)
    from greenroom.interfaces.cli.main import main as with_click

    with_click()


def quick(arguments: Sequence[str]) -> int | None:
    """The exit code of ``show|explain [KEY] [--json] [--env NAME]``; None for anything that is more than that."""
    if not arguments or arguments[0] not in QUICK:
        return None
    rest, keys = list(arguments[1:]), list[str]()
    environment, as_json = None, False
    while rest:
        word = rest.pop(0)
        if word == "--json":
            as_json = True
        elif word == "--env" and rest and not rest[0].startswith("-"):
            environment = rest.pop(0)
        elif word.startswith("-") or keys:
            return None
        else:
            keys.append(word)
    from greenroom.interfaces.cli import settings

    answer = settings.show if arguments[0] == "show" else settings.explain
    return answer(keys[0] if keys else None, environment, as_json=as_json)


if __name__ == "__main__":
    main()
