"""A command for a capability, made from the compiled catalogue."""

from __future__ import annotations

import sys
from typing import Any

import click

from greenroom.interfaces.cli.options import Settings, with_common_options

UNITS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


class Duration(click.ParamType[int]):
    """Seconds, or a number with a unit: 90, 90s, 15m, 2h, 1h30m."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Raises click.BadParameter for anything else."""
        rest, seconds = str(value).strip().lower(), 0
        if rest.isdecimal():
            return int(rest)
        while rest:
            digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
            unit = rest[len(digits) :]
            unit = unit[: len(unit) - len(unit.lstrip("abcdefghijklmnopqrstuvwxyz"))]
            if not digits or unit not in UNITS:
                self.fail(f"{value!r} is no duration; write 90, 15m, 2h or 1h30m", param, ctx)
            seconds += int(digits) * UNITS[unit]
            rest = rest[len(digits) + len(unit) :]
        return seconds


class Bitrate(click.ParamType[int]):
    """Bits per second, or with a unit: 400000, 400k, 400kbps, 1.7M, 1.7Mbps."""

    name = "bitrate"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Raises click.BadParameter for anything else."""
        text = str(value).strip().lower().removesuffix("bps").removesuffix("bit/s").strip()
        size = {"k": 1_000, "m": 1_000_000}.get(text[-1:], 1)
        digits = text[:-1].strip() if size > 1 else text
        if not digits.replace(".", "", 1).isdecimal():
            self.fail(f"{value!r} is no bitrate; write 400000, 400k or 1.7M", param, ctx)
        return round(float(digits) * size)


class Choices(click.Choice[str]):
    """One choice or several with commas; the option may be repeated as well."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A list. Raises click.BadParameter for what is no choice."""
        choose = super().convert
        parts = [part.strip() for part in str(value).split(",")]
        return [choose(part, param, ctx) for part in parts if part]


class Named(click.Argument):
    """An argument that a mistake calls by its name, and not by everything that it may be."""

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """``'LAYOUT'``."""
        del ctx
        return f"'{self.human_readable_name.upper()}'"


def parameter_type(field: dict[str, Any]) -> click.ParamType[Any]:
    """The click type of an argument."""
    if field["choices"]:
        return Choices(field["choices"]) if field["many"] else click.Choice(field["choices"])
    if field["kind"] in {"duration", "bitrate"}:
        return Duration() if field["kind"] == "duration" else Bitrate()
    kinds: dict[str, click.ParamType[Any]] = {"integer": click.INT, "number": click.FLOAT}
    return kinds.get(field["type"], click.STRING)


def one_by_one(_context: click.Context, _parameter: click.Parameter, given: Any) -> Any:
    """What ``Choices`` made of each time that an option was given, in one row."""
    return tuple(item for part in given or () for item in part)


def parameters(about: dict[str, Any]) -> list[click.Parameter]:
    """Positional arguments, then options."""
    made: list[click.Parameter] = []
    for name, field in about["fields"].items():
        kind = parameter_type(field)
        complete = local_rooms if field["kind"] == "room" else None
        if name in about["positional"]:
            nargs = -1 if field["many"] else 1
            made.append(
                Named(
                    [name],
                    type=kind,
                    nargs=nargs,
                    required=field["required"],
                    shell_complete=complete,
                )
            )
            continue
        flag = f"--{name.replace('_', '-')}"
        help_text = field["description"]
        if field["type"] == "boolean":
            option = click.Option([f"{flag}/--no-{flag[2:]}"], default=None, help=help_text)
        else:
            option = click.Option(
                [flag],
                type=kind,
                multiple=field["many"],
                required=field["required"] and not field["secret"],
                help=help_text,
                shell_complete=complete,
                callback=one_by_one if isinstance(kind, Choices) else None,
            )
        made.append(option)
    return made


def local_rooms(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Rooms that begin so, when a local server is the one that commands use; else none, and never an error."""
    from greenroom.interfaces.cli.nearby import local_room_names

    return [name for name in local_room_names() if name.startswith(begun)]


def needs_server(about: dict[str, Any]) -> bool:
    """Whether a local server is worth starting for it: looking into the journal needs none."""
    return bool(about["grant"]) or about["id"] in {"auth.create_token", "auth.create_tokens"}


def capability_command(about: dict[str, Any], name: str | None = None) -> click.Command:
    """The command. Only arguments that were given are passed on: defaults are the capability's."""

    def run(settings: Settings, /, **values: Any) -> None:
        from greenroom.interfaces.cli.run import interactive, prompted, run_call

        given = {}
        for key, value in values.items():
            if value is None or value == ():
                continue
            from_stdin = about["fields"][key]["secret"] and value == "-"
            taken = sys.stdin.read().strip() if from_stdin else value
            if value == ("-",):
                taken = [line.strip() for line in sys.stdin if line.strip()]
            given[key] = list(taken) if isinstance(taken, tuple) else taken
        hidden = [
            n for n, field in about["fields"].items() if field["secret"] and field["required"]
        ]
        if interactive(settings) and any(name not in given for name in hidden):
            given = prompted(about, given)
        settings.autostart = needs_server(about)
        sys.exit(run_call(settings, about["id"], given))

    callback = with_common_options(run, own=about["fields"])
    params = [*parameters(about), *reversed(getattr(callback, "__click_params__", []))]
    examples = "".join(f"\n  greenroom ask {sentence!r}" for sentence, _ in about["examples"])
    help_text = f"{about['summary']}\n\n{about['returns']}\n\n\b\nIn words:{examples}"
    short = name or about["id"].partition(".")[2].replace("_", "-")
    return click.Command(
        short, callback=callback, params=params, help=help_text, short_help=about["summary"]
    )
