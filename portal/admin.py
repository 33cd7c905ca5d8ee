"""The administration: who may enter, which tables it shows, and the work that waits for people."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from kit.modeladmin import ModelAdmin  # not kit.admin: that registers at the site made here
from portal.queues import waiting_for


class PortalAdminSite(admin.AdminSite):
    """Django's administration behind the portal's login, which asks for the second factor as well."""

    site_header = site_title = _("Administration")
    index_title = _("Work that waits")
    empty_value_display = "–"
    enable_nav_sidebar = False  # lists need the width; the index and the breadcrumbs lead everywhere

    def __init__(self, name="admin"):
        super().__init__(name)
        self.login = secure_admin_login(self.login)

    def register(self, model_or_iterable, admin_class=None, **options):
        """Only our own admin classes: those of other apps ask Django's permission tables, which stay empty."""
        if admin_class is not None and issubclass(admin_class, ModelAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def password_change(self, request, extra_context=None):
        """One place for passwords, which knows limits and second factors."""
        return redirect("account_change_password")

    def index(self, request, extra_context=None):
        return super().index(request, {**(extra_context or {}), "queues": waiting_for(request.user)})
