"""Configuration of the domain-free tools."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from kit import checks


class KitConfig(AppConfig):
    name = "kit"
    verbose_name = _("System")

    def ready(self):
        register(checks.every_view_declares_access, Tags.urls)
