"""Writes ``docs/reference`` and the table in README.md from the catalogue, the rules, the error codes and the envelope.

``python -m greenroom.interfaces.cli.reference`` writes; with ``--check`` it only says what no longer fits.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import click

import greenroom.rules
from greenroom.config.schema import leaves, schema, shown_key
from greenroom.domain.errors import CODES
from greenroom.domain.outcome import Status, StepStatus
from greenroom.hub.catalogue import load_capability, load_rule
from greenroom.hub.compiled import load_catalogue
from greenroom.interfaces.cli.main import MODES
from greenroom.interfaces.errors import EXIT_BY_STATUS, exit_code

LINE = 100
ROOT = Path(__file__).resolve().parents[4]
NOTE = "<!-- Written by `make docs`: change the code instead. -->"
EFFECTS = {
    "read": "reads; needs no approval and leaves no journal entry",
    "write": "changes something; journalled before and after",
    "destroy": "destroys; waits for approval, journalled before and after",
}
UNITS = {"duration": "duration (seconds)", "bitrate": "bitrate (bits per second)"}
"""Kind of value → how its type is shown."""
EXITS = {
    1: "failed",
    2: "request not usable",
    5: "configuration or credentials",
    6: "blocked",
    130: "stopped by Ctrl-C",
}


def table(*rows: tuple[str, ...]) -> str:
    """A Markdown table; the first row is its head."""
    escaped = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    head, *body = [f"| {' | '.join(cells)} |\n" for cells in escaped]
    return f"{head}|{'---|' * len(rows[0])}\n{''.join(body)}"


def in_python(value: Any) -> str:
    """A value as people write it in Python."""
    if isinstance(value, list):
        return f"[{', '.join(map(in_python, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{in_python(k)}: {in_python(v)}' for k, v in value.items())}}}"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def command_line(about: Mapping[str, Any], arguments: Mapping[str, Any]) -> str:
    """The call as a command."""
    mode, _, name = about["id"].partition(".")
    words, options = ["greenroom", mode, name.replace("_", "-")], []
    for field, value in arguments.items():
        flag = field.replace("_", "-")
        values = [str(each) for each in (value if isinstance(value, list) else [value])]
        if field in about["positional"]:
            words += values
        elif isinstance(value, bool):
            options.append(f"--{flag}" if value else f"--no-{flag}")
        else:
            options += [part for each in values for part in (f"--{flag}", each)]
    return shlex.join(words + options)


def example(about: Mapping[str, Any], sentence: str, arguments: Mapping[str, Any]) -> str:
    """The same request as words, command and Python."""
    words = shlex.join(["greenroom", "ask", sentence])
    given = [f"{name}={in_python(value)}" for name, value in arguments.items()]
    call = f"await crew.{about['id']}({', '.join(given)})"
    if len(call) > LINE:
        call = f"await crew.{about['id']}(\n{''.join(f'    {each},{chr(10)}' for each in given)})"
    shell = f"```bash\n{words}\n{command_line(about, arguments)}\n```"
    return f"{shell}\n\n```python\n{call}\n```\n\n"


def argument_row(name: str, field: Mapping[str, Any]) -> tuple[str, ...]:
    """Name, type, default, meaning, and the words that people put beside it."""
    kind = UNITS.get(field["kind"], field["type"])
    kind = " or ".join(f"`{choice}`" for choice in field["choices"]) or kind
    kind = f"list of {kind}" if field["many"] else kind
    default = "required" if field["required"] else f"`{json.dumps(field['default'])}`"
    settings = " or ".join(f"`{key}`" for key in field["settings"])
    unless = f" Not given: the setting {settings}, if it is set." if settings else ""
    secret = " Secret: reaches the caller and nothing else." if field["secret"] else ""
    words = field["words"] + [phrase for _, phrases in field["means"] for phrase in phrases]
    shown = ", ".join(words[:4]) + (" …" if words[4:] else "")
    return f"`{name}`", kind, default, field["description"] + unless + secret, shown


def undo_of(about: Mapping[str, Any]) -> str:
    """How it is taken back, in the words of the code."""
    if about["effect"] == "read":
        return "nothing to undo"
    undo = load_capability(about["id"]).undo
    told = (undo.__doc__ or "").strip().partition("\n")[0] if undo else "No."
    return f"{told} {about['cannot_undo']}".strip()


def effect_of(about: Mapping[str, Any]) -> str:
    """What it does to the world; calls that it leads to are a plan of their own."""
    if about["result"] == "FollowUp":
        return "plans; what it leads to is checked like any request"
    return EFFECTS[about["effect"]]


def section(about: Mapping[str, Any]) -> str:
    """One capability."""
    rules = ", ".join(f"[{rule}](rules.md#{rule})" for rule in about["rules"]) or "none"
    head = ("argument", "type", "default", "meaning", "words around it")
    rows = [argument_row(name, field) for name, field in about["fields"].items()]
    return f"""
## {about["id"]}

{about["summary"]}

{about["returns"]}

- Effect: {effect_of(about)}
- LiveKit grant: {f"`{about['grant']}`" if about["grant"] else "none"}
- Gives: `{about["result"]}`
- Rules: {rules}
- Undo: {undo_of(about)}

{table(head, *rows) if rows else "It takes no arguments."}
{"".join(example(about, *pair) for pair in about["examples"])}"""


def error_codes() -> str:
    """Every code, by exit code."""
    by_exit: dict[int, str] = {}
    for code, meaning in CODES.items():
        exits = exit_code("blocked" if code == "blocked" else "failed", code)
        heading = f"\n## Exit code {exits}: {EXITS[exits]}\n"
        by_exit[exits] = by_exit.get(exits, heading) + f"\n### {code}\n\n{meaning}\n"
    return "".join(by_exit[exits] for exits in sorted(by_exit)) + "\n"


def all_rules(capabilities: Mapping[str, Any]) -> str:
    """Each rule: summary, gate, stage, and whom it guards."""
    text = ""
    for file in sorted(Path(greenroom.rules.__path__[0]).glob("[!_]*.py")):
        rule = load_rule(file.stem.replace("_", "-"))
        guarded = [about for about in capabilities.values() if rule.id in about["rules"]]
        guards = ", ".join(f"[{about['id']}]({about['mode']}.md)" for about in guarded)
        text += f"\n## {rule.id}\n\n{rule.summary} {(rule.check.__doc__ or '').strip()}\n\n"
        text += (
            f"- Gate: `{rule.gate}`\n- Stage: {rule.stage}\n- Guards: {guards or 'nothing yet'}\n"
        )
    return f"{text}\n"


def statuses() -> str:
    """Statuses and their exit codes."""
    rows = [(f"`{status}`", str(EXIT_BY_STATUS[status])) for status in get_args(Status)]
    steps = ", ".join(f"`{status}`" for status in get_args(StepStatus))
    return f"{table(('status', 'exit code'), *rows)}\nA step's status: {steps}.\n"


def capability_table(capabilities: Mapping[str, Any]) -> str:
    """The table in README.md: what each mode can do, by effect."""
    modes: dict[str, dict[str, list[str]]] = {}
    for identifier, about in capabilities.items():
        mode, _, name = identifier.partition(".")
        waits = about["effect"] == "destroy" or about["result"] == "FollowUp"
        by_effect = modes.setdefault(mode, {"read": [], "write": [], "destroy": []})
        anchor = f"docs/reference/{mode}.md#{identifier.replace('.', '')}"
        by_effect["destroy" if waits else about["effect"]].append(f"[{name}]({anchor})")
    rows = [
        (f"[`{mode}`](docs/reference/{mode}.md)", *(", ".join(names) for names in by.values()))
        for mode, by in modes.items()
    ]
    return table(("mode", "reads", "changes", "destroys, after a yes"), *rows)


def setting_row(path: Sequence[str], node: Mapping[str, Any]) -> tuple[str, ...]:
    """Key, type with its limits, what LiveKit does by itself, meaning."""
    kind = " or ".join(f"`{choice}`" for choice in node.get("enum", ())) or node["type"]
    kind += f" ({node['x-unit']})" if "x-unit" in node else ""
    kind = "reference to a secret" if node.get("x-secret") else kind
    default = f"`{json.dumps(node['default'])}`" if "default" in node else ""
    return f"`{shown_key(path)}`", kind, default, node.get("description", "")


def settings_page() -> str:
    """Every setting, by table."""
    text = f"""{NOTE}

# Settings

One tree. [Configure](../how-to/configure.md) says where it is written and which layer wins. Names in `<…>` are yours;
`[]` is a list of tables. Times are seconds, bitrates bits per second. The same, for programs: `config/schema.json` (JSON Schema 2020-12).
"""
    head = ("key", "type", "LiveKit's default", "meaning")
    for name, node in schema()["properties"].items():
        rows = [setting_row((name, *path), leaf) for path, leaf in leaves(node)]
        text += f"\n## {name}\n\n{node['description']}\n\n{table(head, *rows)}"
    return text


def filled(file: Path, name: str, content: str) -> tuple[Path, str]:
    """A page written by hand, with new content between its two markers."""
    markers = re.compile(rf"(<!-- {name}: begin -->\n).*?(<!-- {name}: end -->)", re.DOTALL)
    return file, markers.sub(lambda found: found[1] + content + found[2], file.read_text("utf-8"))


def pages() -> Iterator[tuple[Path, str]]:
    """Each file and what should stand in it. Raises SystemExit when a capability cannot be loaded."""
    compiled, folder = load_catalogue(), ROOT / "docs" / "reference"
    if compiled["broken"]:
        sys.exit(f"cannot be loaded: {compiled['broken']}")
    capabilities = compiled["capabilities"]
    for mode in sorted({about["mode"] for about in capabilities.values()}):
        sections = [section(about) for about in capabilities.values() if about["mode"] == mode]
        text = f"{NOTE}\n\n# {mode}\n\n{MODES.get(mode, '')}\n{''.join(sections)}"
        yield folder / f"{mode}.md", re.sub("\n{3,}", "\n\n", f"{text.rstrip()}\n")
    yield folder / "settings.md", settings_page()
    yield filled(folder / "errors.md", "codes", error_codes())
    yield filled(folder / "rules.md", "rules", all_rules(capabilities))
    yield filled(folder / "envelope.md", "statuses", statuses())
    yield filled(ROOT / "README.md", "capabilities", capability_table(capabilities))


@click.command()
@click.option("--check", is_flag=True, help="Only say which pages no longer fit.")
def main(*, check: bool) -> None:
    """Write the reference pages and the table in README.md."""
    stale = [(f, text) for f, text in pages() if not f.exists() or f.read_text("utf-8") != text]
    for file, text in stale:
        click.echo(f"{'stale' if check else 'written'}: {file.relative_to(ROOT)}")
        if not check:
            file.write_text(text, encoding="utf-8")
    sys.exit(1 if check and stale else 0)


if __name__ == "__main__":
    main()
