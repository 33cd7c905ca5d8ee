"""The shell: settings, URLs, processes, home page. Owns no table; nobody imports it."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
