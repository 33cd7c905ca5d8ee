"""Other people's software beside ours: each in a virtual environment of its own below the state folder.

Nothing of it is among our requirements. What it needs stands, pinned, in benchmarks/peers/NAME.txt; where it cannot be
installed the benchmark says so and goes on without.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from benchmarks._machine import ROOT, say

PEERS = ROOT / "benchmarks" / "peers"


class Missing(Exception):
    """It cannot be installed here."""


def python(name: str) -> Path:
    """The interpreter of a peer's environment, made at the first call. Raises Missing."""
    wanted = PEERS / f"{name}.txt"
    stamp = hashlib.sha256(wanted.read_bytes()).hexdigest()[:12]
    folder = Path(settings.STATE_DIR) / "peers" / f"{name}-{stamp}"
    found = folder / "bin" / "python"
    if not (folder / "whole").exists():
        say(f"installing {name} into an environment of its own …")
        _install(folder, found, wanted)
        (folder / "whole").touch()
    return found


def _install(folder: Path, interpreter: Path, wanted: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    base = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    base = base if base.exists() else Path(sys.executable)
    pip = [str(base), "-m", "pip", "--python", str(interpreter), "install", "--quiet", "--no-input", "--no-deps"]
    pip += ["--disable-pip-version-check", "--only-binary", ":all:", "--requirement", str(wanted)]
    for each in ([str(base), "-m", "venv", "--without-pip", str(folder)], pip):
        done = subprocess.run(each, capture_output=True, text=True)
        if done.returncode:
            raise Missing(f"{wanted.stem}: {(done.stderr or done.stdout).strip()[-300:]}")


class Peer:
    """A script of benchmarks/peers that answers a line of JSON with a line of JSON, as long as the block lasts."""

    def __init__(self, name: str, script: str, *arguments: str):
        command = [str(python(name)), str(PEERS / script), *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **question) -> dict:
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return self.read()

    def read(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args[1]} ended with {self.process.wait()}")
        return json.loads(line)

    def __enter__(self) -> "Peer":
        return self

    def __exit__(self, *error) -> None:
        self.process.stdin.close()
        self.process.wait()
