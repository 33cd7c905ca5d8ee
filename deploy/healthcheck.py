"""Ask the web server of this container whether it lives; exit status 0 or 1. Standard library only: it runs often."""

import http.client
import os
import sys
from urllib.parse import urlsplit


def lives(*, port: int, host: str) -> bool:
    """The headers are the proxy's, or the portal would answer with a redirect to https."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/healthz", headers={"Host": host, "X-Forwarded-Proto": "https"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    host = urlsplit(os.environ["SITE_BASE_URL"]).hostname
    sys.exit(not lives(port=int(os.environ.get("PORT", "8000")), host=host))
