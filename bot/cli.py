"""The command line (interface.md §1). Output goes to stdout, logs to stderr.

Exit status: 0 done; 1 the start or the check failed, told in one line; 2 the command line itself is wrong.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Annotated, Any, TypeVar

import typer

from bot.errors import BadInput, BotError, ConfigurationError

cli = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # boxes cut long words, and a log collector cannot read them
    help="Meetings from Slack.",
)
Result = TypeVar("Result")
audit_cli = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Check or export the audit, also beside a running bot."
)
cli.add_typer(audit_cli, name="audit")


class ExportFormat(StrEnum):
    """How rows are written."""

    jsonl = "jsonl"
    csv = "csv"


def main() -> None:
    """The console script."""
    try:
        cli()
    except (ConfigurationError, BotError) as error:
        typer.echo(f"meetops: {' '.join(str(error).split())}", err=True)  # a key may hold a line's end
        sys.exit(2 if isinstance(error, BadInput) else 1)


@cli.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Without a command: run."""
    if context.invoked_subcommand is None:
        run()


@cli.command()
def run() -> None:
    """Run the bot until SIGTERM or Ctrl+C."""
    from bot import app

    settings = app.settings_from_environment()
    settings.require_slack()
    app.configure_logging(settings)
    try:
        well = _run(app.serve(settings))
    except ConfigurationError as error:
        if settings.log_format == "console":
            raise
        app.log_refused_start(error)
        well = False
    raise typer.Exit(0 if well else 1)


@cli.command()
def play() -> None:
    """Run the playground: no account, no network, no configuration."""
    from bot import app
    from bot.clock import MovableClock
    from bot.play.playground import run_playground
    from bot.settings import play_port

    port = play_port()
    app.configure_play_logging()
    playground = run_playground(
        port=port,
        build_bot=app.from_files,
        open_browser=sys.stdout.isatty(),
        clock=MovableClock(),
        echo=lambda words: typer.echo(words),
        commands=app.command_hints(),
        shortcuts=app.shortcut_hints(),
    )
    try:
        _run(_until_stopped(playground))
    except OSError as error:
        raise ConfigurationError(f"PLAY_PORT: port {port} can't be used: {error.strerror}") from None


@cli.command()
def manifest(
    socket_mode: Annotated[bool, typer.Option("--socket-mode", help="no public address is needed")] = False,
    url: Annotated[str | None, typer.Option(help="the bot's public address, https://…")] = None,
) -> None:
    """Print the Slack app's manifest as generated from the commands."""
    from bot import app

    settings = app.settings_from_environment()
    if url is None and not socket_mode and (settings.public_url or "").startswith("https:"):
        url = settings.public_url
    slash = settings.slack.command
    typer.echo(app.manifest_yaml(url=url, socket_mode=socket_mode, slash=slash), nl=False)


@audit_cli.command()
def verify() -> None:
    """Check the hash chain. Exit status 1 when a row was changed, removed or put in."""
    from bot import app

    report = asyncio.run(app.audit_verify(app.settings_from_environment()))
    typer.echo(report.sentence)
    raise typer.Exit(0 if report.intact else 1)


@audit_cli.command()
def export(
    format: Annotated[ExportFormat, typer.Option(help="one JSON object or one CSV line per row")] = ExportFormat.jsonl,
    since: Annotated[str | None, typer.Option(help="how far back, such as 7d, or a date, 2026-11-01")] = None,
    room: Annotated[str | None, typer.Option(help="only this room")] = None,
    actor: Annotated[str | None, typer.Option(help="only this Slack user id")] = None,
    verb: Annotated[str | None, typer.Option(help="only this verb, with the decisions on it")] = None,
    outcome: Annotated[str | None, typer.Option(help="only what ended so, such as refused")] = None,
) -> None:
    """Write the audit to stdout."""
    from bot import app

    filters: Mapping[str, Any] = {"since": since, "room": room, "actor": actor, "verb": verb, "outcome": outcome}
    asyncio.run(
        app.audit_export(app.settings_from_environment(), format=format.value, write=sys.stdout.write, **filters)
    )


async def _until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Until SIGTERM or Ctrl+C, however often; everything is put away before this returns."""
    task, stop = asyncio.ensure_future(work), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    task.cancel()  # once: a second signal must not cut off what puts things away
    with suppress(asyncio.CancelledError):
        await task


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    return uvloop.run(work)
