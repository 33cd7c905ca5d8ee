"""What `./dev` calls once the packages are there: python -m portal.embedded up|down|reset|manage|run|apart."""

import argparse
import os
import shutil
import sys
from pathlib import Path

from portal.embedded import command, supervisor
from portal.embedded.state import State, default_folder

APART = "apart"  # below the state folder: servers of benchmarks and faults, which never meet the portal's data


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    up = verbs.add_parser("up", help="start the portal and stay until ^C")
    up.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    verbs.add_parser("down", help="stop the running portal")
    reset = verbs.add_parser("reset", help="delete database, mails and files of this checkout")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    return parser.parse_args(arguments)


def reset(folder: Path, *, yes: bool) -> int:
    """Delete the state folder, if it is one and nothing runs."""
    if not (folder / "lock").exists():
        print(f"{folder} holds no state of a portal.")
        return 0
    if None in [State(part).try_lock() for part in (folder, folder / APART) if part.exists()]:
        print("The portal runs, or a benchmark. `./dev down` stops the portal.", file=sys.stderr)
        return 1
    if not yes and input(f"Delete all data in {folder}? [y/N] ").strip().lower() not in {"y", "yes", "j", "ja"}:
        print("Nothing deleted.")
        return 1
    for note in folder.rglob("*.path"):  # sockets that lie elsewhere, see state.socket_folder
        shutil.rmtree(note.read_text(), ignore_errors=True)
    shutil.rmtree(folder)
    print(f"Deleted {folder}.")
    return 0


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["manage"]:
        return command.run([sys.executable, "manage.py", *arguments[1:]])
    if arguments[:1] == ["run"]:
        return command.run([sys.executable, *arguments[1:]])
    if arguments[:1] == ["apart"]:
        return command.run([sys.executable, *arguments[1:]], folder=default_folder() / APART)
    options = parse(arguments)
    if options.verb == "up":
        return supervisor.up(port=options.port)
    if options.verb == "down":
        return supervisor.down(State.open())
    return reset(default_folder(), yes=options.yes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
