"""Tasks may run twice, five at once and never; what they do stays the same."""

import threading
from collections import Counter

import pytest
from django.db import connection

from kit import celery, outbox, tasks
from kit.models import Heartbeat, OutboxMail


@pytest.mark.django_db(transaction=True)
def test_five_sweeps_at_once_send_every_mail_once(queue, smtp):
    for number in range(40):
        queue(f"p{number}@example.org")

    def sweep():
        try:
            outbox.deliver_due()
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(Counter(mail["Message-ID"] for mail in smtp.accepted).values()) == {1}
    assert len(smtp.accepted) == 40
    assert not OutboxMail.objects.exclude(state="accepted").exists()


@pytest.mark.django_db(transaction=True)
def test_the_task_sweeps(queue, smtp):
    queue()

    assert [tasks.deliver_mail(), tasks.deliver_mail()] == [1, 0]


@pytest.mark.django_db
def test_each_worker_gives_its_own_sign_of_life():
    tasks.beat()
    tasks.beat("imports")
    tasks.beat()

    assert set(Heartbeat.objects.values_list("name", flat=True)) == {"worker default", "worker imports"}


@pytest.mark.django_db(transaction=True)
def test_beat_gives_a_sign_of_life_with_every_sync(tmp_path):
    scheduler = celery.Scheduler(tasks.beat.app, schedule_filename=str(tmp_path / "schedule"))
    scheduler.sync()

    assert Heartbeat.objects.filter(name="beat").exists()
    scheduler.close()


@pytest.mark.django_db(transaction=True)
def test_beat_outlives_a_database_that_is_away(tmp_path, monkeypatch, caplog):
    scheduler = celery.Scheduler(tasks.beat.app, schedule_filename=str(tmp_path / "schedule"))
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    try:
        scheduler.sync()
    finally:
        monkeypatch.undo()
        connection.close()

    assert "no sign of life of beat" in caplog.text
    scheduler.close()
    assert Heartbeat.objects.filter(name="beat").exists()
