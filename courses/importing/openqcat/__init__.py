"""open-Q-cat 1.1, the exchange format of the Bundesagentur für Arbeit (XSD of 14.11.2025 and everything before it).

What each element becomes stands in the table of tests/courses/test_import_openqcat.py, which names every element.
"""

from courses.importing.openqcat.envelope import OpenQCat

__all__ = ["OpenQCat"]
