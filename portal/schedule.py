"""Every periodic job: what, when (UTC), why. No job that thinks in local days runs between 22 and 1 o'clock UTC."""

BEAT_SCHEDULE = {
    # The outbox is swept often, so that a lost message of the broker costs seconds and never a mail.
    "deliver mail": {"task": "kit.tasks.deliver_mail", "schedule": 15.0},
    # The age of this row is how /healthz/ready knows that beat and worker live.
    "heartbeat": {"task": "kit.tasks.beat", "schedule": 20.0},
}
