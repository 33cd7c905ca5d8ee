"""App configurations of the shell and of the admin."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core.checks import Tags, register

from portal import checks


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self):
        register(checks.production, Tags.security, deploy=True)


class PortalAdminConfig(AdminConfig):
    default_site = "portal.admin.PortalAdminSite"
