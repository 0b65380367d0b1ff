"""Configuration: environment variables and `meetops.toml`, checked at the start, frozen (interface.md §2)."""

from bot.settings.loading import load, play_port, reload
from bot.settings.model import Settings
from bot.settings.sections import (
    AnynodeSettings,
    BackendSettings,
    JaasSettings,
    LaSuiteSettings,
    OpenMeetingsSettings,
    PexipSettings,
    SlackSettings,
)

__all__ = [
    "AnynodeSettings",
    "BackendSettings",
    "JaasSettings",
    "LaSuiteSettings",
    "OpenMeetingsSettings",
    "PexipSettings",
    "Settings",
    "SlackSettings",
    "load",
    "play_port",
    "reload",
]
