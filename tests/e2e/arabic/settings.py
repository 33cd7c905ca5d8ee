"""The portal with a language that is read from right to left, to be seen in tests. No installation offers it: what
stands beside this file names only what the pages of the catalogue show."""

from portal.settings import *  # noqa: F403
from portal.settings import BASE_DIR, LANGUAGES, LOCALE_PATHS

LANGUAGES = [*LANGUAGES, ("ar", "Arabic")]
LOCALE_PATHS = [*LOCALE_PATHS, BASE_DIR / "tests" / "e2e" / "arabic" / "locale"]
