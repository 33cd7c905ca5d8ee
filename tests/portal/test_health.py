"""Lives, works, or says what is wrong; says nothing else."""

import json
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import OperationalError, connection

from kit import clock
from kit.models import Heartbeat, OutboxMail
from portal import health


@pytest.fixture
def everything_beats(db):
    for name in health.HEARTBEATS:
        Heartbeat.objects.beat(name)


def parts(answer) -> dict:
    return json.loads(answer.content)["parts"]


def test_alive_asks_nobody(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert not answer.cookies


def test_ready_when_everything_beats(client, everything_beats):
    answer = client.get("/healthz/ready")

    assert answer.status_code == 200
    assert set(parts(answer).values()) == {"ok"}
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("silent", health.HEARTBEATS)
def test_a_silent_process_turns_the_page_red(client, everything_beats, at, silent):
    at("2026-05-12 10:00")
    for name in health.HEARTBEATS:
        Heartbeat.objects.beat(name)
    Heartbeat.objects.filter(name=silent).update(at=clock.now() - timedelta(seconds=91))

    answer = client.get("/healthz/ready")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert parts(answer)[silent] == "silent for 91 s"


def test_a_process_that_never_came_up_is_red(client, db):
    answer = client.get("/healthz/ready")

    assert answer.status_code == 503
    assert parts(answer)["beat"] == "never seen"


def test_mail_that_stays_lying_is_red(client, at, db):
    at("2026-05-12 10:00")
    OutboxMail.objects.create(template="t", language="de", to="mara@example.org", purpose="test")
    at("2026-05-12 10:14")
    assert parts(client.get("/healthz/ready"))["mail"] == "ok"
    at("2026-05-12 10:16")
    assert parts(client.get("/healthz/ready"))["mail"] == "not leaving"


def test_a_cache_that_is_away_is_red_and_named(client, everything_beats, settings, tmp_path):
    away = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": f"unix://{tmp_path}/nobody"}
    settings.CACHES = {"default": away}
    assert caches["default"]

    answer = client.get("/healthz/ready")

    assert answer.status_code == 503
    assert parts(answer)["cache"] == "away"


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_red_and_alive_stays_green(client, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    try:
        with pytest.raises(OperationalError):
            connection.ensure_connection()
        answer = client.get("/healthz/ready")
        assert answer.status_code == 503
        assert parts(answer) == {"database": "away", "cache": "ok"}
        assert client.get("/healthz").status_code == 200
    finally:
        monkeypatch.undo()
        connection.close()


def test_nothing_is_told_that_helps_an_attacker(client, db, settings):
    body = client.get("/healthz/ready").content.decode()

    for secret in [settings.SECRET_KEY, settings.DATABASES["default"]["NAME"], "postgres", "redis", "Traceback"]:
        assert secret not in body


@pytest.mark.parametrize("address", ["/healthz", "/healthz/ready"])
def test_only_reading_is_possible(client, db, address):
    assert client.post(address).status_code == 405
