"""Measurements by hand, `./dev bench NAME`: never part of the tests, for time is no fact that a test could hold.

Scripts are modules without an underscore; README.md says how to read what they tell. Django is set up here, so that
they may import like any module of the portal.
"""

import django

from portal import locales
from portal.embedded.state import ROOT

locales.compile_all(ROOT / "locale")
django.setup()
