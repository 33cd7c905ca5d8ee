"""Everything between a started database and a started web server, in one process to start Django once."""

import hashlib
import io
import sys
from importlib import metadata
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command, get_commands

from portal import locales


def main() -> None:
    for folder in settings.LOCALE_PATHS:  # before Django reads them
        locales.compile_all(Path(folder))
    django.setup()
    print("  bringing the database up to date …", flush=True)
    call_command("migrate", verbosity=0, interactive=False)
    if settings.DEMO and "load_demo" in get_commands():
        call_command("load_demo", if_empty=True)
    collect_static()
    note_logins()


def collect_static() -> None:
    """Hashing and compressing takes seconds, so it is left out while nothing has changed."""
    stamp = settings.STATE_DIR / "static.stamp"
    fingerprint = static_fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint and Path(settings.STATIC_ROOT).exists():
        return
    print("  collecting static files …", flush=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(fingerprint)


def static_fingerprint() -> str:
    """Name, size and time of our files, and the versions of the packages that bring theirs."""
    facts = [f"{settings.STATIC_ROOT}"]
    for folder in map(Path, settings.STATICFILES_DIRS):
        for path in sorted(folder.rglob("*")):
            status = path.stat()
            facts.append(f"{path} {status.st_size} {status.st_mtime_ns}")
    facts += sorted(f"{package.name} {package.version}" for package in metadata.distributions())
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def note_logins() -> None:
    """Keep what the supervisor prints about demo logins."""
    text = io.StringIO()
    if settings.DEMO and "demo_logins" in get_commands():
        call_command("demo_logins", stdout=text)
    path = settings.STATE_DIR / "demo-logins.txt"
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text.getvalue())


if __name__ == "__main__":
    sys.exit(main())
