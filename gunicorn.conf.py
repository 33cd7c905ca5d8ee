"""The web server, the same in the embedded run and in a container; the address comes from the command line."""

import logging

wsgi_app = "portal.wsgi:application"
worker_class = "gthread"
workers = 2
threads = 4
preload_app = True  # the code is read once and its memory shared
timeout = 60  # a statement of the web role ends after STATEMENT_TIMEOUT_MS, long before
graceful_timeout = 5
max_requests = 20_000  # bounds whatever leaks
max_requests_jitter = 2_000
control_socket_disable = True


def when_ready(server):
    """Before the workers are forked: what they search in is read once, and its memory shared."""
    from django.db import DatabaseError, connections  # noqa: PLC0415 - the settings are read by now

    from courses.search import generations  # noqa: PLC0415

    try:
        generations.current()
    except DatabaseError as error:  # each worker tries again
        logging.getLogger(__name__).warning("no search in memory yet: %s", type(error).__name__)
    finally:
        connections.close_all()  # no worker may share one
