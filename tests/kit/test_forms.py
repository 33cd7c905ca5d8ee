"""Fields that several apps ask for."""

from datetime import date

import pytest
from django import forms
from django.utils import translation

from kit.forms import day_field


class Asks(forms.Form):
    day = day_field("Tag")


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("written", ["2026-05-12", "12.5.2026", "12.05.26"])
def test_a_day_is_read_as_germans_write_it_in_every_language(language, written):
    with translation.override(language):
        form = Asks({"day": written})
        assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == date(2026, 5, 12)


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_day_that_could_be_another_is_no_day(language):
    with translation.override(language):
        assert not Asks({"day": "05/12/2026"}).is_valid()


def test_errors_are_in_our_words():
    assert Asks({"day": ""}).errors["day"] == ["Bitte wählen Sie einen Tag"]
    assert Asks({"day": "gestern"}).errors["day"] == ["Bitte schreiben Sie den Tag wie 12.05.2026"]
