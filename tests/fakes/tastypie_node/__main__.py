"""The process: it says where it listens, then takes orders on its standard input and ends with it.

`fresh` makes it as good as new; `limit 3` allows three requests a minute from now on. The same line answers.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import django
from django.conf import settings

APP = "tests.fakes.tastypie_node"
ACCOUNTS = {"slackbot": None, "reader": "view_", "nobody": "no permission at all"}
LOCATIONS = ("London", "Oslo")


def configure(folder: Path) -> None:
    """Django with its users and this application, on a database in this folder."""
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        SECRET_KEY="for-tests-alone",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", APP],
        MIGRATION_MODULES={"auth": None, "contenttypes": None},
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
        ROOT_URLCONF=f"{APP}.urls",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        LOGGING_CONFIG=None,
        USE_TZ=False,
        TIME_ZONE="UTC",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(folder / "node.db"),
                "OPTIONS": {
                    "timeout": 20,
                    "transaction_mode": "IMMEDIATE",
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF",
                },
            }
        },
    )
    logging.getLogger("django.server").disabled = True
    logging.getLogger("django.request").setLevel(logging.ERROR)
    sys.modules["django.contrib.gis"] = None  # type: ignore[assignment]  # Tastypie tries it; it would look for libgdal
    django.setup()


def install(password: str) -> None:
    """Tables and accounts."""
    from django.contrib.auth.models import Permission, User
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    for name, prefix in ACCOUNTS.items():
        user = User.objects.create_user(name, password=password, is_superuser=prefix is None)
        if prefix:
            user.user_permissions.set(Permission.objects.filter(codename__startswith=prefix))


def fresh() -> None:
    """Two locations, a permission and the global settings, ids from 1 on."""
    from django.apps import apps
    from django.core.management.color import no_style
    from django.db import connection

    from tests.fakes.tastypie_node import models

    config = apps.get_app_config("tastypie_node")
    tables = [one._meta.db_table for one in config.get_models(include_auto_created=True)]
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables, reset_sequences=True))
    models.SystemLocation.objects.bulk_create(models.SystemLocation(name=one) for one in LOCATIONS)
    models.Permission.objects.create(name="Can view conference", codename="view_conference")
    models.Global.objects.create()


def limit(per_minute: int) -> None:
    """So many requests of each account, none of which was made yet."""
    from django.core.cache import cache

    from tests.fakes.tastypie_node.rules import THROTTLE

    cache.clear()
    THROTTLE.throttle_at = per_minute


def obey(order: str) -> None:
    """Carry out one order."""
    from tests.fakes.tastypie_node.rules import PER_MINUTE

    word, _, number = order.partition(" ")
    if word == "fresh":
        fresh()
    limit(int(number or PER_MINUTE))


def server() -> Any:
    """Django's own WSGI server on a free port: HTTP/1.1, one thread a connection."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Handler(WSGIRequestHandler):
        disable_nagle_algorithm = True  # head and body are written apart: nobody is to wait for an acknowledgement

    listening = ThreadedWSGIServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    listening.set_app(get_wsgi_application())
    threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return listening


def main() -> None:
    """Serve until the standard input ends."""
    with tempfile.TemporaryDirectory(prefix="meetops-tastypie-") as folder:
        configure(Path(folder))
        install(password=sys.argv[1])
        listening = server()
        sys.stdout.write(f"http://127.0.0.1:{listening.server_port}\n")
        sys.stdout.flush()
        for line in sys.stdin:
            obey(line.strip())
            sys.stdout.write(line)
            sys.stdout.flush()
        listening.shutdown()
        listening.server_close()


if __name__ == "__main__":
    main()
