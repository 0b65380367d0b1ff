"""Logging: one line per event on stderr, for people or as JSON, with every secret taken out on the way.

Ours and the libraries' lines pass the same handler, so nothing reaches the log without `redact`. Whatever is bound with
`structlog.contextvars` (the correlation id of a request) stands on every line of that task.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

REDACTED = "[redacted]"

# Libraries that write whole requests, parameters or tokens below these levels.
QUIET = {
    "aiohttp.access": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
    "procrastinate": logging.ERROR,
    "psycopg": logging.WARNING,
    "slack_bolt": logging.ERROR,
    "slack_sdk": logging.WARNING,
    "sqlalchemy": logging.WARNING,
}

_NAMES = (
    "sid|pass|passwd|password|passphrase|pin|host_?pin|guest_?pin|secure|secure_?hash|hash|jwt|invitation|ticket",
    "secret|client_?secret|signing_?secret|api_?secret|private_?key|token|access_?token|refresh_?token|app_?token",
    "authorization|proxy-authorization|cookie|set-cookie|x-api-key|response_?urls?",
)

# Each replaces its match by `\g<keep>` and the mark.
_PATTERNS = (
    r"(?P<keep>)-----BEGIN [^-\n]+-----(?:.*?-----END [^-\n]+-----|(?:(?:\\n|\s)*[\w+/=]{4,})*)",
    r"(?P<keep>\b(?:Bearer|Basic)\s+)[\w.~+/=-]{6,}",
    r"(?P<keep>)\beyJ[\w-]{6,}(?:\.[\w-]*){0,4}",
    r"(?P<keep>)\b(?:xox[a-z]|xapp|xoxe\.xox[a-z])-[\w-]+",
    r"(?P<keep>)\bwhsec_[\w+/=-]+",
    r"(?P<keep>\bv0=)[0-9a-f]{64}",
    r"(?P<keep>\w://)[^/\s@:'\"]*:[^/\s@'\"]+(?=@)",
    r"(?P<keep>https?://[\w.-]+(?::\d+)?/)"
    r"(?:response/|(?:commands|actions|app|services|workflows)/(?-i:[TE][A-Z0-9]+/))[^\s\"'<>|)]+",
    r"(?P<keep>(?:(?<![\w-])|(?<=%3F)|(?<=%26))[\"']?(?:" + "|".join(_NAMES) + r")[\"']?\s*(?:=|:|%3D)\s*)"
    r"(?!\[redacted\]|Bearer |Basic )(?:b?\"[^\"\n]*\"?|b?'[^'\n]*'?|[^\s&\"',;<>)\]}]+)",
)
_SCRUBBERS = tuple(re.compile(pattern, re.IGNORECASE | re.DOTALL) for pattern in _PATTERNS)
_SECRET_NAME = re.compile("|".join(_NAMES), re.IGNORECASE)
_PLAIN = (bool, int, float, type(None))


def scrub(text: str) -> str:
    """The text without bearer and Slack tokens, JWTs, session ids, passwords, PINs, response_urls, keys."""
    for scrubber in _SCRUBBERS:
        text = scrubber.sub(rf"\g<keep>{REDACTED}", text)
    return text


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The structlog processor: scrubs every string, at any depth, and drops values under names that hold secrets."""
    return {name: _without_secrets(name, value) for name, value in event.items()}


def configure(*, level: str, style: Literal["console", "json"], stream: TextIO) -> None:
    """Send all logging of the process to `stream`. Called once, by the command line.

    Raises ValueError for a level that is not DEBUG, INFO, WARNING, ERROR or CRITICAL.
    """
    threshold = logging.getLevelNamesMapping().get(level.upper(), logging.NOTSET)
    if threshold == logging.NOTSET:
        raise ValueError(f"LOG_LEVEL: {level} is not a level; use DEBUG, INFO, WARNING, ERROR or CRITICAL.")
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(stream)
    handler.addFilter(_without_wire_bytes)
    handler.setFormatter(_formatter(before, style, colours=stream.isatty()))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(threshold)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(least, threshold))
    # A log call that fails would otherwise print its arguments, secrets included, past the handler.
    logging.raiseExceptions = False
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def _formatter(before: list[Processor], style: str, *, colours: bool) -> logging.Formatter:
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(
            colors=colours, sort_keys=False, exception_formatter=structlog.dev.plain_traceback
        )
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            renderer,
        ],
    )


def _without_wire_bytes(record: logging.LogRecord) -> bool:
    """Shorten aiohttp's traceback for bytes that are no HTTP: it quotes them, and any scanner can cause it."""
    error = record.exc_info[1] if record.exc_info else None
    if type(error).__module__ == "aiohttp.http_exceptions":
        record.msg, record.exc_info, record.levelname = f"{record.msg}: malformed HTTP", None, "WARNING"
    return True


def _without_secrets(name: str, value: Any) -> Any:  # noqa: ANN401 (a log value may be anything)
    if isinstance(value, _PLAIN) and not _SECRET_NAME.fullmatch(name):
        return value
    if _SECRET_NAME.fullmatch(name):
        return REDACTED
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, Mapping):
        return {str(key): _without_secrets(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_without_secrets("", item) for item in value]
    return scrub(repr(value))
