"""Links of mails open something for whoever holds them: the log does not hold them."""

import logging

import pytest
from django.conf import settings

from kit.logs import WithoutTokens


@pytest.mark.parametrize(
    ("text", "args", "kept"),
    [
        ("Not Found: %s", ("/t/MTE.H06zsZ_-x/einladung/",), "Not Found: /t/…/einladung/"),
        ("Bad Request: /t/abc/bleiben/?x=1", (), "Bad Request: /t/…/bleiben/?x=1"),
        ("Not Found: %s", ("/kurse/t/",), "Not Found: /kurse/t/"),
        ("100 %", (), "100 %"),
    ],
)
def test_a_token_is_masked(text, args, kept):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, text, args, None)
    assert WithoutTokens().filter(record)
    assert record.getMessage() == kept


def test_every_line_of_the_log_is_masked():
    assert all(handler["filters"] == ["without_tokens"] for handler in settings.LOGGING["handlers"].values())
