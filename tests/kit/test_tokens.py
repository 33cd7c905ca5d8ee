"""A link opens one thing for one purpose, as long as its nonce stands."""

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kit import tokens
from kit.models import OutboxMail

# A model of ours with a field that can stand for a nonce.
tokens.purpose("open", model="kit.OutboxMail", nonce="message_id")
tokens.purpose("close", model="kit.OutboxMail", nonce="message_id")

words = st.text(max_size=30)


@pytest.fixture
def thing(db):
    return OutboxMail.objects.create(template="t", language="de", to="mara@example.org", purpose="test")


@hypothesis_settings(deadline=None)
@given(words, words, words)
def test_what_was_made_is_good_and_always_the_same(purpose, pk, nonce):
    token = tokens.make(purpose, pk, nonce)

    assert tokens.verify(purpose, token, pk, nonce)
    assert token == tokens.make(purpose, pk, nonce)


@hypothesis_settings(deadline=None)
@given(st.tuples(words, words, words), st.tuples(words, words, words))
def test_nothing_else_is_opened(mine, other):
    token = tokens.make(*mine)

    assert tokens.verify(other[0], token, other[1], other[2]) == (mine == other)


@hypothesis_settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 6))
def test_no_flipped_bit_is_overlooked(position, bit):
    token = tokens.make("open", 17, "nonce")
    position %= len(token)
    flipped = token[:position] + chr(ord(token[position]) ^ (1 << bit)) + token[position + 1 :]

    assert not tokens.verify("open", flipped, 17, "nonce")


@pytest.mark.parametrize(
    "change", [str.upper, lambda t: t + "=", lambda t: t + "A", lambda t: t[:-1], lambda t: " " + t]
)
def test_there_is_one_spelling(change):
    token = tokens.make("open", 17, "nonce")

    assert not tokens.verify("open", change(token), 17, "nonce")


def test_parts_cannot_be_shifted():
    assert tokens.make("open", "1", "23") != tokens.make("open", "12", "3")


def test_a_token_finds_its_object(thing):
    token = tokens.make_for("open", thing)

    assert tokens.resolve("open", token) == thing
    assert tokens.resolve("close", token) is None


def test_a_new_nonce_makes_older_links_void(thing):
    token = tokens.make_for("open", thing)
    OutboxMail.objects.filter(pk=thing.pk).update(message_id=tokens.new_nonce())

    assert tokens.resolve("open", token) is None


def test_a_token_made_with_a_former_key_still_opens(thing):
    with override_settings(SECRET_KEY="former"):
        token = tokens.make_for("open", thing)

    assert tokens.resolve("open", token) is None
    with override_settings(SECRET_KEY_FALLBACKS=["former"]):
        assert tokens.resolve("open", token) == thing


@pytest.mark.django_db
@pytest.mark.parametrize(
    "token",
    ["", ".", "a", "MQ", "MQ.", ".MQ", "MQ.MQ", "é.é", "MQ" * 500, "AA.AA", "_w.x", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5.x"],
)
def test_rubbish_opens_nothing(token):
    assert tokens.resolve("open", token) is None


def test_two_purposes_of_one_name_are_refused():
    with pytest.raises(ValueError):
        tokens.purpose("open", model="kit.Heartbeat")


def test_nonces_are_long_and_new():
    assert len({tokens.new_nonce() for _ in range(1000)}) == 1000
    assert len(tokens.new_nonce()) >= 32
