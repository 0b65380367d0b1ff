"""Brings a database to the schema of this build, in one transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from bot.errors import ConfigurationError


def upgrade(connection: Connection) -> None:
    """Run what is missing, on a connection that is inside a transaction. Raises ConfigurationError."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise ConfigurationError(f"DATABASE_URL: the database was written by another version: {error}") from None
