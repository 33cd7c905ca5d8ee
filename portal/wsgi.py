"""Entry point of the web server. It does not start while a view has no access declaration."""

import os

from django.core.checks import Tags
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from kit.http import known_charset

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = known_charset(get_wsgi_application())
call_command("check", tags=[Tags.urls])  # `runserver` and `migrate` check by themselves, web servers do not
