"""Catalogues: locale/<language>/parts/*.po are what people edit, one per area; together they become django.mo."""

from pathlib import Path

import polib

DOMAIN = "django"


class ConflictingTranslations(Exception):
    """Two parts translate one source string differently; the message names both files."""


def compile_all(folder: Path) -> list[Path]:
    """Compile every language below `folder` whose parts are newer than its catalogue; returns what was written."""
    return [compile_language(parts.parent) for parts in sorted(folder.glob("*/parts")) if is_stale(parts.parent)]


def is_stale(language: Path) -> bool:
    target = catalogue(language)
    if not target.exists():
        return True
    # The folder's own time tells of a part that was removed.
    sources = [language / "parts", *language.glob("parts/*.po")]
    return max(path.stat().st_mtime for path in sources) >= target.stat().st_mtime


def catalogue(language: Path) -> Path:
    return language / "LC_MESSAGES" / f"{DOMAIN}.mo"


def compile_language(language: Path) -> Path:
    merged = merge(sorted(language.glob("parts/*.po")))
    target = catalogue(language)
    target.parent.mkdir(exist_ok=True)
    fresh = target.with_suffix(".new")
    merged.save_as_mofile(str(fresh))
    fresh.rename(target)
    return target


def merge(parts: list[Path]) -> polib.POFile:
    """One catalogue of all parts. Raises ConflictingTranslations."""
    merged = polib.POFile()
    known: dict[tuple, tuple[polib.POEntry, Path]] = {}
    for part in parts:
        source = polib.pofile(str(part))
        merged.metadata.update(source.metadata)
        for entry in source.translated_entries():
            key = (entry.msgctxt, entry.msgid, entry.msgid_plural)
            earlier, origin = known.setdefault(key, (entry, part))
            if earlier is entry:
                merged.append(entry)
            elif _texts(earlier) != _texts(entry):
                raise ConflictingTranslations(f"{entry.msgid!r} is translated differently in {origin} and {part}")
    return merged


def _texts(entry: polib.POEntry) -> tuple:
    return entry.msgstr, entry.msgstr_plural
