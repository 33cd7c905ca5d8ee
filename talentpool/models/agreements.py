"""What a candidate may agree to, each by itself: nothing is coupled, only the first is needed to be shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from talentpool.models.entry import Entry


class Agreement(models.TextChoices):
    SEEN = "seen", _("Companies of the pool may see my profile.")
    CONTACT = "contact", _("Companies of the pool may ask me for a talk. I decide each time anew.")
    STATISTICS = "statistics", _("You may ask me later what has become of it. The answer is kept without my name.")

    def purpose_for(self, entry: Entry) -> str:
        """Under which `accounts.Consent` keeps it."""
        return {
            self.SEEN: entry.consent_purpose,
            self.CONTACT: entry.contact_purpose,
            self.STATISTICS: entry.statistics_purpose,
        }[self]

    def words_for(self, entry: Entry) -> str:
        """The exact text that is read and agreed to."""
        return f"{self.label}\n\n{entry.pool.consent_text}" if self is Agreement.SEEN else str(self.label)
