"""How long the catalogue's fields are, and how a delivered text is made to fit, with a notice where it is cut."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from courses.importing import values
from courses.importing.records import Problem, Recall, Record
from kit import text

LANGUAGES = {
    "ger": "deu", "fre": "fra", "cze": "ces", "dut": "nld", "gre": "ell", "rum": "ron", "slo": "slk", "chi": "zho",
    "per": "fas", "alb": "sqi", "arm": "hye", "geo": "kat", "ice": "isl", "mac": "mkd", "wel": "cym", "baq": "eus",
    "bur": "mya", "may": "msa", "tib": "bod", "de": "deu", "en": "eng", "fr": "fra", "es": "spa", "it": "ita",
    "ru": "rus", "tr": "tur", "pl": "pol", "ar": "ara", "uk": "ukr", "nl": "nld", "pt": "por", "fa": "fas",
    "cs": "ces", "sk": "slk", "ro": "ron", "bg": "bul", "hu": "hun", "el": "ell", "sv": "swe",
    "da": "dan", "fi": "fin", "hr": "hrv", "sr": "srp", "ku": "kur", "vi": "vie", "zh": "zho", "ja": "jpn",
    "gebärdensprache": "gsg", "dgs": "gsg", "chinesisch": "zho", "japanisch": "jpn",
    "portugiesisch": "por", "niederländisch": "nld", "tschechisch": "ces", "persisch": "fas", "farsi": "fas",
    "dari": "prs", "kurdisch": "kur", "tigrinya": "tir", "vietnamesisch": "vie", "rumänisch": "ron",
    "deutsch": "deu", "englisch": "eng", "französisch": "fra", "spanisch": "spa", "italienisch": "ita",
    "russisch": "rus", "türkisch": "tur", "polnisch": "pol", "arabisch": "ara", "ukrainisch": "ukr",
}  # fmt: skip


class Notes:
    """Problems of one record while it is read."""

    def __init__(self, line: int, external_id: str = "", title: str = "", supplier_id: str = ""):
        self.line, self.external_id, self.title, self.supplier_id = line, external_id, title, supplier_id
        self.problems: list[Problem] = []

    def notice(self, field: str, reason: str) -> None:
        self._add(field, reason, fatal=False)

    def reject(self, field: str, reason: str) -> None:
        self._add(field, reason, fatal=True)

    def _add(self, field: str, reason: str, *, fatal: bool) -> None:
        self.problems.append(
            Problem(
                self.line, self.external_id[:255], field[:80], str(reason)[:500], self.title[:255], fatal,
                self.supplier_id,
            )
        )  # fmt: skip

    @property
    def is_rejected(self) -> bool:
        return any(problem.is_fatal for problem in self.problems)

    def read(self, field: str, how: Callable, raw: str | None, **options):
        """The value, or None with a notice where it cannot be read."""
        try:
            return how(raw, **options)
        except values.BadValue as error:
            reason = _("“%(value)s” cannot be read.") % {"value": text.truncate(str(error), 80)}
            self.notice(field, reason)
            return None

    def end(self, field: str, starts: str | None, ends: str | None) -> str | None:
        """The end of a run; one that lies before its beginning is a slip and left out."""
        if not starts or not ends or ends >= starts:
            return ends
        words = {"end": ends, "start": starts}
        self.notice(field, _("The end (%(end)s) lies before the beginning (%(start)s). It was left out.") % words)
        return None

    def fit(self, field: str, value: str, length: int) -> str:
        if len(value) <= length:
            return value
        self.notice(field, _("The text was shortened to %(length)s characters.") % {"length": length})
        return text.truncate(value, length)


def remembered(raw: str, notes: Notes, recall: Recall, read: Callable[[], Record]) -> Record:
    """What was read of the same element before, else what is read now.

    A record of which something has to be told is read each time, so that it is told each time.
    """
    record = recall(raw)
    if record is None:
        record = read()
        record.raw = "" if notes.problems else raw
    record.line = notes.line
    return record


def language(raw: str) -> str:
    """ISO 639-2/T, three small letters; "" for what is no language."""
    value = values.tidy(raw).casefold()
    value = LANGUAGES.get(value, value)
    return value if len(value) == 3 and value.isalpha() and value.isascii() else ""


def unique(items: list) -> list:
    """Without doubles and empties, in order."""
    seen, kept = set(), []
    for item in items:
        key = repr(item)
        if item and key not in seen:
            seen.add(key)
            kept.append(item)
    return kept


def compact(fields: dict) -> dict:
    """Without what says nothing, so that a field that a provider leaves out and one it leaves empty are the same."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}
