"""Every periodic job: what, when (UTC), why. No job that thinks in local days runs between 22 and 1 o'clock UTC."""

from celery.schedules import crontab

BEAT_SCHEDULE = {
    # The outbox is swept often, so that a lost message of the broker costs seconds and never a mail.
    "deliver mail": {"task": "kit.tasks.deliver_mail", "schedule": 15.0, "options": {"expires": 60}},
    # Who could not be reached has to be noticed before the next question counts as asked.
    "fetch bounces": {"task": "kit.tasks.fetch_bounces", "schedule": 300.0, "options": {"expires": 120}},
    # The age of these rows is how /healthz/ready knows that each kind of worker lives.
    "heartbeat": {"task": "kit.tasks.beat", "schedule": 20.0, "options": {"expires": 60}},
    "heartbeat of imports": {
        "task": "kit.tasks.beat",
        "schedule": 20.0,
        "args": ("imports",),
        "options": {"queue": "imports", "expires": 60},
    },
    # Once a day is enough: periods of keeping are counted in days and years.
    "purge expired": {"task": "accounts.tasks.purge_expired", "schedule": crontab(hour=3, minute=20)},
    "forget old mail": {"task": "kit.tasks.forget_old_mail", "schedule": crontab(hour=3, minute=30)},
    # People are asked and erased to the day; but a profile that must vanish is not to wait for long.
    "sweep talent pools": {"task": "talentpool.tasks.sweep", "schedule": 300.0, "options": {"expires": 120}},
    # A lost message costs a minute, a killed worker two: what is approved is applied.
    "sweep imports": {
        "task": "courses.tasks.sweep_imports",
        "schedule": 60.0,
        "options": {"queue": "imports", "expires": 120},
    },
    # Providers are asked every hour at most, so that ten minutes are soon enough.
    "fetch feeds": {
        "task": "courses.tasks.fetch_feeds",
        "schedule": 600.0,
        "options": {"queue": "imports", "expires": 120},
    },
    # Times are free again by themselves; this offers them to the waiting list before everybody sees them.
    "sweep appointments": {"task": "counseling.tasks.sweep", "schedule": 60.0, "options": {"expires": 60}},
    "remind of appointments": {"task": "counseling.tasks.remind", "schedule": 300.0, "options": {"expires": 120}},
    # In the morning, when people read mails.
    "ask back after talks": {"task": "counseling.tasks.ask_back", "schedule": crontab(hour=8, minute=10)},
    "chase referrals": {"task": "counseling.tasks.chase_referrals", "schedule": crontab(hour=8, minute=20)},
    "erase what talks left": {"task": "counseling.tasks.erase", "schedule": crontab(hour=3, minute=35)},
    # Deadlines of the internships are days; a place that lapses is free again soon after.
    "sweep internships": {"task": "internships.tasks.sweep", "schedule": 300.0, "options": {"expires": 120}},
    "ask after internships": {"task": "internships.tasks.ask_afterwards", "schedule": crontab(hour=8, minute=30)},
    "check offers of companies": {"task": "internships.tasks.check_offers", "schedule": crontab(hour=8, minute=40)},
    "erase what internships left": {"task": "internships.tasks.erase", "schedule": crontab(hour=3, minute=45)},
    # Deliveries are kept for 24 months.
    "forget old deliveries": {
        "task": "courses.tasks.forget_old_deliveries",
        "schedule": crontab(hour=3, minute=40),
        "options": {"queue": "imports"},
    },
    # Pages only count in the cache; what they counted is kept for the coordinators.
    "store search misses": {
        "task": "courses.tasks.store_search_misses",
        "schedule": 300.0,
        "options": {"expires": 120},
    },
    # Names of providers and topics stand in the words of the search; their changes call nobody.
    "refresh search": {
        "task": "courses.tasks.refresh_search",
        "schedule": crontab(hour=3, minute=50),
        "options": {"queue": "imports"},
    },
    # What web processes search in: after many changes, and for the next day before it begins.
    "build search": {
        "task": "courses.tasks.build_search",
        "schedule": 60.0,
        "options": {"expires": 50, "queue": "imports"},
    },
}
