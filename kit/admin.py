"""The Postausgang, and the base class of all our admins (`ModelAdmin`)."""

import hashlib

from django.conf import settings
from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kit import outbox
from kit.modeladmin import ModelAdmin
from kit.models import OutboxMail

__all__ = ["ModelAdmin", "Postausgang"]


@admin.register(OutboxMail)
class Postausgang(ModelAdmin):
    """What leaves the house. In a demo one can read it; elsewhere not even whom it goes to."""

    roles = {"view": {"coordinator"}}
    list_display = ["created_at", "purpose", "recipient", "state", "tries", "next_try_at", "accepted_at", "smtp_reply"]
    list_filter = ["state", "purpose"]
    search_fields = ["=message_id"]
    date_hierarchy = "created_at"
    actions = ["retry"]

    def get_fields(self, request, obj=None):
        facts = ["purpose", "recipient", "language", "state", "tries", "created_at", "next_try_at"]
        facts += ["accepted_at", "smtp_reply", "message_id"]
        return ["subject", "text", *facts] if settings.DEMO else facts

    def get_readonly_fields(self, request, obj=None):
        return self.get_fields(request, obj)

    def get_search_fields(self, request):
        return ["=message_id", "to", "subject"] if settings.DEMO else ["=message_id"]

    @admin.display(description=_("recipient"), ordering="to")
    def recipient(self, mail: OutboxMail) -> str:
        return mail.to if settings.DEMO else pseudonym(mail.to)

    @admin.display(description=_("text"))
    def text(self, mail: OutboxMail) -> str:
        return mail.body or _("This mail has not been written yet.")

    @admin.action(description=_("Try again"), permissions=["view"])
    def retry(self, request, queryset):
        count = outbox.retry(queryset)
        done = ngettext("%(count)d mail is tried again.", "%(count)d mails are tried again.", count)
        self.message_user(request, done % {"count": count}, messages.SUCCESS)


def pseudonym(address: str) -> str:
    """The same for the same address in this installation, and no way back to it without the key."""
    keyed = hashlib.blake2b(address.lower().encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=5)
    return keyed.hexdigest()
