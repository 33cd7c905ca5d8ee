"""No page is forgotten by the tests in a browser."""

from tests.access_matrix import MATRIX
from tests.e2e import pages


def test_every_url_is_looked_at_in_a_browser_or_has_a_reason():
    forgotten = set(MATRIX) - set(pages.everything()) - pages.named() - pages.walked()
    assert sorted(forgotten) == [], "new URLs: give tests/e2e/pages.py an address of theirs, or the reason for none"


def test_nothing_is_named_that_is_not_there():
    assert sorted((pages.named() | set(pages.SHOWN)) - set(MATRIX)) == []


def test_strangers_and_coordinators_look_at_most_pages():
    strangers = pages.read_by(lambda role: role == pages.ANONYMOUS)
    others = pages.read_by(lambda role: role != pages.ANONYMOUS)
    assert len(strangers) > 35
    assert len(others) > 60
