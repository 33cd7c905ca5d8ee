"""Settings of the control: the portal without the middleware that refuses unreadable input."""

from portal.settings import *  # noqa: F403
from portal.settings import MIDDLEWARE

MIDDLEWARE = [name for name in MIDDLEWARE if name != "kit.http.RefuseBadInput"]
