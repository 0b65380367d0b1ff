"""The composition root: settings → store, back ends, dispatcher, Slack, web application. It alone names everything."""

from bot.app.offline import (
    audit_export,
    audit_verify,
    backend_kinds,
    command_hints,
    manifest_yaml,
    shortcut_hints,
)
from bot.app.process import (
    Bot,
    configure_logging,
    configure_play_logging,
    from_files,
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
    "manifest_yaml",
    "serve",
    "settings_from_environment",
    "shortcut_hints",
]
