"""Counting in the cache."""

from django.core.cache import cache
from django.test import RequestFactory

from kit import limits


def visit(address="192.0.2.1", **options):
    request = RequestFactory().post("/", REMOTE_ADDR=address)
    return limits.exceeded(request, "try", **{"most": 2, "seconds": 60, **options})


def test_one_too_many_is_told(frozen):
    assert [visit() for _time in range(3)] == [False, False, True]


def test_addresses_and_deeds_are_counted_apart(frozen):
    visit()
    visit()
    assert not visit("192.0.2.2")
    assert visit()


def test_a_key_counts_whoever_comes(frozen):
    assert [visit(f"192.0.2.{number}", key="sam@example.org") for number in range(3)] == [False, False, True]


def test_the_count_begins_anew(at):
    at("2026-05-12 10:00")
    visit(), visit()
    at("2026-05-12 10:01")
    assert not visit()


def test_no_address_stands_in_the_cache(frozen):
    visit("192.0.2.77")
    keys = cache._cache.get_client(None).keys("*")
    assert keys
    assert not any(b"192.0.2.77" in key for key in keys)
