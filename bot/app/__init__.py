"""The composition root: settings → store, back ends, dispatcher, Slack, web application. It alone names everything."""

from bot.app.offline import (
    audit_export,
    audit_verify,
    backend_kinds,
    command_hints,
    manifest_yaml,
    shortcut_hints,
)
from bot.app.process import Bot, from_files
from bot.app.serving import (
    configure_logging,
    configure_play_logging,
    log_refused_start,
    serve,
    settings_from_environment,
)

__all__ = [
    "Bot",
    "audit_export",
    "audit_verify",
    "backend_kinds",
    "command_hints",
    "configure_logging",
    "configure_play_logging",
    "from_files",
    "log_refused_start",
    "manifest_yaml",
    "serve",
    "settings_from_environment",
    "shortcut_hints",
]
