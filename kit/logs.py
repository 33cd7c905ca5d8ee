"""Keeps out of the logs what opens something: the secret part of links in mails."""

import logging
import re

SECRET_PATH = re.compile(r"(/t/)[^/\s]+(/)")


class WithoutTokens(logging.Filter):
    """Django writes the address of every refused request into the log; its readers must not be able to open it."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if SECRET_PATH.search(text):
            record.msg, record.args = SECRET_PATH.sub(r"\1…\2", text), ()
        return True
