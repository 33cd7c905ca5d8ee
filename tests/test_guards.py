"""The guards of tests/conftest.py bite."""

import socket
import warnings

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.paginator import UnorderedObjectListWarning
from django.http import HttpResponse
from django.template import Context, Origin, Template, engines
from pytest_socket import SocketConnectBlockedError

from accounts.models import User
from kit import clock
from tests import guards


def rendered(source: str, file: str) -> str:
    template = Template(source, origin=Origin(file), engine=engines["django"].engine)
    return template.render(Context({}))


def test_an_undefined_variable_in_our_template_is_an_error():
    with pytest.raises(guards.UndefinedVariable, match=r"nobody in /page\.html:1"):
        rendered("{{ nobody }}", f"{guards.OURS}/page.html")


def test_an_undefined_variable_in_a_loop_of_ours_is_an_error():
    with pytest.raises(guards.UndefinedVariable):
        rendered("{% for i in '12' %}{% if i %}{{ nobody.name }}{% endif %}{% endfor %}", f"{guards.OURS}/page.html")


def test_an_undefined_variable_in_a_foreign_template_prints_nothing():
    assert rendered("-{{ nobody }}-", "/site-packages/admin/page.html") == "--"


def test_filters_of_a_foreign_template_see_what_they_see_in_production():
    assert rendered("{{ nobody|default:'x' }}", "/site-packages/admin/page.html") == "x"


def test_a_template_may_say_what_stands_there_instead():
    assert rendered("{{ nobody|default:'x' }}", f"{guards.OURS}/page.html") == "x"


def test_a_condition_may_ask_for_what_is_not_there():
    assert rendered("{% if nobody %}x{% endif %}", f"{guards.OURS}/page.html") == ""


def test_a_post_form_without_token_is_an_error():
    with pytest.raises(guards.MissingToken):
        guards.check_forms(HttpResponse('<form method="POST" action="/x/"><input name="q"></form>'))


@pytest.mark.parametrize("form", ['<form method="post"><input name="csrfmiddlewaretoken"></form>', "<form></form>"])
def test_other_forms_pass(form):
    guards.check_forms(HttpResponse(form))


def test_no_test_reaches_the_network():
    with pytest.warns(UserWarning, match="192.0.2.1"), pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_an_unordered_list_is_an_error(db):
    with pytest.raises(UnorderedObjectListWarning):
        warnings.warn("unordered", UnorderedObjectListWarning, stacklevel=1)
    assert User.objects.all().ordered


def test_the_cache_is_real_and_starts_empty():
    assert settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.redis.RedisCache"
    assert cache.get("left-over") is None
    cache.set("left-over", 1)
    assert cache.get("left-over") == 1


def test_the_cache_was_emptied_in_between():
    assert cache.get("left-over") is None


def test_the_clock_stands_still(frozen):
    assert clock.local(clock.now()).isoformat() == "2026-05-12T10:00:00+02:00"
    assert clock.now() == frozen
