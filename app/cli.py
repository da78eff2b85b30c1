"""The ``procon`` command."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import importlib
import os
import secrets
import signal
import sys
from collections.abc import Callable

from app import logs, migration, proof
from app.profile import SettingsError
from app.settings import Settings, load

Command = Callable[[Settings, argparse.Namespace], int]


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status; a wrong setting is one line, not a traceback."""
    chosen = _parser().parse_args(arguments)
    os.umask(0o077)  # whatever we write is personal data or a secret
    logs.configure()
    try:
        command: Command = chosen.command
        return command(load(), chosen)
    except (SettingsError, migration.MigrationError) as error:
        print(f"procon: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def serve(settings: Settings, chosen: argparse.Namespace) -> int:
    """Serve pages, API, sockets and jobs; ``--role web`` leaves the jobs and the media to others."""
    from app import server
    from app.factory import create_app

    _check_migrated(settings)
    everything = chosen.role == "all"
    application = create_app(settings, jobs=everything, media=everything)

    def started() -> None:
        print(f"Procon Digital em {settings.public_url} (Ctrl-C encerra)", flush=True)

    try:
        server.run(
            application,
            host=settings.host,
            port=settings.port,
            started=started,
            leaving=application.leave,
        )
    except OSError as error:
        raise SettingsError(f"HOST e PORT: {settings.host}:{settings.port}: {error.strerror}") from error
    return 0


def media(settings: Settings, _: argparse.Namespace) -> int:
    """Run this machine's media processes, for the web processes of this and of other machines."""
    _check_migrated(settings)
    return asyncio.run(_run_media(settings))


async def _run_media(settings: Settings) -> int:
    from app import db
    from app.adapters.clock import SystemClock
    from app.factory import media_children

    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await db.connect(settings.database_url)
    try:
        children = media_children(settings, SystemClock())
        children.start()
        await ended.wait()
        await children.close()
    finally:
        await db.close()
    return 0


def _check_migrated(settings: Settings) -> None:
    if missing := asyncio.run(migration.pending(settings.database_url)):
        raise SettingsError(f"o banco de dados espera {len(missing)} migração(ões): rode procon migrate")


def migrate(settings: Settings, _: argparse.Namespace) -> int:
    """Bring the database up to date, with a backup first where it is a file."""
    applied = asyncio.run(migration.migrate(settings.database_url, settings.data_dir))
    print("\n".join(f"aplicada: {name}" for name in applied) or "nada a migrar")
    asyncio.run(_load_taxonomy(settings))
    return 0


async def _load_taxonomy(settings: Settings) -> None:
    """What complaints may be about comes from a file and must be in the database before anyone writes one."""
    from app import db
    from app.adapters.clock import SystemClock
    from app.services import standard_texts, taxonomy

    await db.connect(settings.database_url)
    try:
        await standard_texts.load(settings.profile.texts, SystemClock().now())
        await taxonomy.load(SystemClock().now().astimezone(settings.profile.agency.zone).date())
    finally:
        await db.close()


def makemigrations(settings: Settings, chosen: argparse.Namespace) -> int:
    """Write the migration for what has changed in the models; to be reviewed before it is kept."""
    written = asyncio.run(migration.make(settings.database_url, chosen.name))
    print("\n".join(str(path) for path in written) or "os modelos e as migrações concordam")
    return 0


def demo(settings: Settings, _: argparse.Namespace) -> int:
    """Load the demonstration into a database that does not have it yet."""
    loader = importlib.import_module("app.demo")
    print(asyncio.run(loader.load(dataclasses.replace(settings, demo=True))))
    return 0


def secret(_: Settings, __: argparse.Namespace) -> int:
    """Print a fresh secret, for PROCON_SECRET_KEY or PROCON_MEDIA_SECRET."""
    print(secrets.token_hex(32))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="procon", description="Procon Digital")
    commands = parser.add_subparsers(required=True, metavar="comando")

    def add(command: Command, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(command.__name__, help=text, description=text)
        added.set_defaults(command=command)
        return added

    serving = add(serve, "serve as páginas, a API e os sockets")
    serving.add_argument(
        "--role", choices=("all", "web"), default="all", help="all: também as tarefas e a mídia (padrão)"
    )
    add(media, "processos de mídia das audiências, à parte")
    add(migrate, "atualiza o banco de dados")
    making = add(makemigrations, "escreve a migração do que mudou nos modelos")
    making.add_argument("name", help="o que ela faz, em inglês: add_case_origin")
    add(demo, "carrega a demonstração")
    verifying = add(proof.verify, "confere um PDF selado ou a cópia de um caso, sem banco de dados nem rede")
    verifying.add_argument("file", help="o PDF, o ZIP, ou a pasta da cópia")
    verifying.add_argument(
        "--certificado",
        action="append",
        default=[],
        metavar="SHA256|ARQUIVO",
        help="certificado do órgão em que confiar, além do desta instalação (pode repetir)",
    )
    exporting = add(proof.export, "escreve a cópia integral de um caso, selada")
    exporting.add_argument("case", help="o número de protocolo ou o do caso")
    exporting.add_argument("target", help="o arquivo .zip ou a pasta a criar")
    add(secret, "sorteia um segredo")
    return parser


if __name__ == "__main__":
    sys.exit(main())
