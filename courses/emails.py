"""What the catalogue writes to people by mail."""

from courses.models import Feed
from kit import clock, outbox
from kit.models import OutboxMail
from taxonomy.models import Region


def feed_failing(feed: Feed, to: str) -> OutboxMail:
    """The provider's file has not come for some time: what is wrong, what to do, whom to call. In German."""
    region = Region.objects.current()
    context = {
        "provider": feed.provider.name, "url": feed.url, "reason": feed.error,
        "last_ok": clock.local(feed.last_ok_at).strftime("%d.%m.%Y") if feed.last_ok_at else "",
        "office": region.office, "phone": region.phone, "email": region.email,
    }  # fmt: skip
    key = f"feed-failing:{feed.provider_id}:{clock.today().isoformat()}"
    return outbox.send("courses/email/feed_failing.txt", to, context, purpose="feed failing", key=key, language="de")
