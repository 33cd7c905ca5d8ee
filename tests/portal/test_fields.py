"""The form templates with every widget in use."""

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template import Context, Template
from django.utils import translation

CHOICES = [("a", "Am Tag"), ("b", "Am Abend")]


class EveryWidget(forms.Form):
    name = forms.CharField(label="Name", help_text="Wie wir Sie ansprechen", error_messages={"required": "Ihr Name?"})
    mail = forms.EmailField(label="E-Mail")
    secret = forms.CharField(label="Passwort", widget=forms.PasswordInput)
    number = forms.IntegerField(label="Zahl", required=False)
    text = forms.CharField(label="Text", widget=forms.Textarea)
    one = forms.ChoiceField(label="Eins", choices=CHOICES)
    radio = forms.ChoiceField(label="Entweder", choices=CHOICES, widget=forms.RadioSelect)
    many = forms.MultipleChoiceField(label="Mehrere", choices=CHOICES, widget=forms.CheckboxSelectMultiple)
    maybe = forms.NullBooleanField(label="Vielleicht")
    tick = forms.BooleanField(label="Einverstanden")
    file = forms.FileField(label="Datei")
    picture = forms.FileField(label="Bild", widget=forms.ClearableFileInput)
    day = forms.DateField(label="Tag", widget=forms.SelectDateWidget)
    native = forms.DateField(label="Datum", widget=forms.DateInput(attrs={"type": "date"}))
    moment = forms.SplitDateTimeField(label="Zeitpunkt")
    hidden = forms.CharField(widget=forms.HiddenInput)


@pytest.fixture(autouse=True)
def _german():
    with translation.override("de"):
        yield


def rendered(form: forms.Form) -> str:
    return Template("{% load crispy_forms_filters %}{{ form|crispy }}").render(Context({"form": form}))


def test_every_widget_renders_with_and_without_errors():
    for form in (EveryWidget(), EveryWidget(data={}), EveryWidget(data={"tag_day": "31", "day_month": "x"})):
        html = rendered(form)
        for name in form.fields:
            assert f'name="{name}' in html


def test_browser_bubbles_are_off_and_screen_readers_still_know():
    html = rendered(EveryWidget())
    assert " required" not in html.replace("aria-required", "")
    assert 'aria-required="true"' in html


def test_optional_fields_say_so_and_required_ones_carry_no_asterisk():
    html = rendered(EveryWidget())
    assert html.count('class="optional"') == 1
    assert "asterisk" not in html


def test_hint_and_error_stand_above_the_input_and_are_announced_with_it():
    html = rendered(EveryWidget(data={}))
    field = html[html.index('id="div_id_name"') : html.index('id="div_id_mail"')]
    assert (
        field.index("<label") < field.index("id_name_helptext") < field.index("id_name_error") < field.index("<input")
    )
    assert 'aria-describedby="id_name_helptext id_name_error"' in field
    assert 'aria-invalid="true"' in field


def test_summary_leads_to_every_field_in_the_words_of_the_field():
    form = EveryWidget(data={})
    html = rendered(form)
    summary = html[: html.index('id="div_id_name"')]
    assert '<a href="#id_name">Ihr Name?</a>' in summary
    assert '<a href="#id_mail">E-Mail: ' in summary  # Django's general words alone would not say which
    for target in ("id_radio_0", "id_many_0", "id_day_day", "id_moment_0"):
        assert f'href="#{target}"' in summary
        assert f'id="{target}"' in html


def test_parts_of_a_date_have_names_of_their_own():
    html = rendered(EveryWidget())
    for name in ("Tag", "Monat", "Jahr", "Datum", "Uhrzeit"):
        assert f'aria-label="{name}"' in html


def test_helper_renders_a_whole_form():
    from_helper = render_crispy_form(EveryWidget())
    assert "<form" in from_helper
