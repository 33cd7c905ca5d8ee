"""Ask the web server of this container whether it lives; exit status 0 or 1. Standard library only: it runs often."""

import os
import sys
import urllib.request
from urllib.parse import urlsplit

HOST = urlsplit(os.environ["SITE_BASE_URL"]).hostname

if __name__ == "__main__":
    # What the proxy says, or the portal would answer with a redirect to https.
    headers = {"Host": HOST, "X-Forwarded-Proto": "https"}
    request = urllib.request.Request("http://127.0.0.1:8000/healthz", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:
            sys.exit(answer.status != 200)
    except OSError as error:
        sys.exit(str(error))
