"""Downloads are never shown in place, never guessed at, never allowed to do anything."""

import pytest

from kit import downloads


@pytest.mark.parametrize("content", [b"Stra\xc3\x9fe", "Straße"])
def test_what_was_made_is_a_download(content):
    answer = downloads.made(content, name="straße.txt", media_type="text/plain; charset=utf-8")
    assert answer.content.decode() == "Straße"
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''stra%C3%9Fe.txt"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_the_name_ends_where_it_ends():
    answer = downloads.made(b"", name='a"; filename="b.html', media_type="text/csv")
    assert answer["Content-Disposition"] == r'attachment; filename="a\"; filename=\"b.html"'
