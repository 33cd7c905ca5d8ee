"""The web server, the same in the embedded run and in a container; the address comes from the command line."""

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
