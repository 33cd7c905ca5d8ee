"""Every building block of the pages at one address, for those who write pages. Exists with DEBUG only."""

from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from kit import access
from kit.pagination import paginate

FREE = {"label": "kostenfrei", "kind": "ok"}
CARDS: list[dict[str, Any]] = [
    {
        "address": "#karte-1",
        "title": "Deutsch für den Beruf: Pflege (B1)",
        "provider": "Kreisvolkshochschule Musterland",
        "day": date(2027, 1, 12),
        "tags": [FREE, {"label": "noch wenige Plätze", "kind": "few"}, {"label": "Kinderbetreuung", "kind": ""}],
        "times": "Di und Do, 17:30–20:00 Uhr",
        "place": "Brunnstadt · 4 km",
        "more": "3 weitere Termine",
    },
    {
        "address": "#karte-2",
        "title": "Umschulung Fachinformatiker/in Anwendungsentwicklung mit Kraftfahrzeughaftpflichtversicherungsmodul",
        "provider": "Bildungswerk Lindenberg gGmbH",
        "day": date(2027, 9, 30),
        "tags": [{"label": "ausgebucht – Warteliste", "kind": "full"}],
        "times": "Mo bis Fr, 8:00–16:00 Uhr",
        "place": "Online",
        "price": "1.234,50 €",
    },
    {
        "address": "#karte-3",
        "title": "Lesen und Schreiben für Erwachsene",
        "provider": "Internationaler Treff Neumarkt e. V.",
        "day": None,
        "tags": [FREE, {"label": "Plätze frei", "kind": "seats"}],
        "place": "Neumarkt · 12 km",
    },
]


def option(value: str, label: str, count: int | None, *, is_chosen: bool = False) -> dict:
    return {"key": value, "value": value, "label": label, "count": count, "is_chosen": is_chosen}


FACETS = [
    {
        "key": "thema",
        "label": "Thema",
        "is_open": True,
        "options": [
            option("deutsch", "Deutsch & Sprachen", 48, is_chosen=True),
            option("beruf", "Beruf & Technik", 31),
            option("schule", "Schule & Abschluss", 14),
            option("computer", "Computer & Internet", 0),
        ],
        "more": [option("gesundheit", "Gesundheit", 17)],
    },
    {
        "key": "kosten",
        "label": "Kosten",
        "is_open": True,
        "options": [option("frei", "kostenfrei", 48, is_chosen=True), option("foerderung", "mit Förderung", 19)],
    },
    {"key": "wann", "label": "Wann", "is_open": False, "options": [option("abends", "abends", 12)]},
]
CHIPS = [{"label": "Deutsch & Sprachen", "address": "?"}, {"label": "kostenfrei", "address": "?"}]
VIEWS = [
    {"label": "Liste", "address": "?", "icon": "list-ul", "is_current": True},
    {"label": "Karte", "address": "?ansicht=karte", "icon": "map", "is_current": False},
    {"label": "Kalender", "address": "?ansicht=kalender", "icon": "calendar3", "is_current": False},
]
ORDERS = [
    {"value": "beginn", "label": "Beginn", "is_current": True},
    {"value": "ort", "label": "Entfernung", "is_current": False},
]
KEYFACTS = [
    {"icon": "calendar-event", "label": "Beginn", "lines": ["Dienstag, 12. Januar 2027", "24 Termine, bis 1. April"]},
    {"icon": "clock", "label": "Zeit", "lines": ["Di und Do, 17:30–20:00 Uhr"]},
    {"icon": "geo-alt", "label": "Ort", "lines": ["Lindenstraße 4, Brunnstadt", "4 km entfernt"]},
    {"icon": "currency-euro", "label": "Kosten", "lines": ["kostenfrei"]},
]
NUMBERS = [
    {"value": "120", "label": "neu", "is_bad": False},
    {"value": "34", "label": "geändert", "is_bad": False},
    {"value": "6", "label": "nicht mehr da", "is_bad": False},
    {"value": "9", "label": "Fehler", "is_bad": True},
]
WAYS = [
    {"label": "Filter „abends“ entfernen", "address": "?", "count": "2 Kurse"},
    {"label": "Umkreis auf 30 km vergrößern", "address": "?", "count": "4 Kurse"},
]


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Ihr Name", error_messages={"required": "Schreiben Sie Ihren Namen"})
    mail = forms.EmailField(label="E-Mail-Adresse", help_text="Wir schicken Ihnen die Bestätigung. Sonst nichts.")
    phone = forms.CharField(label="Telefonnummer", required=False, help_text="Falls wir den Termin verschieben müssen")
    level = forms.ChoiceField(label="Niveau", choices=[("a1", "A1"), ("b1", "B1")])
    help = forms.MultipleChoiceField(
        label="Was hilft Ihnen?",
        required=False,
        choices=[("dolmetschen", "Dolmetscherin oder Dolmetscher"), ("kind", "Ich bringe mein Kind mit")],
        widget=forms.CheckboxSelectMultiple,
    )
    way = forms.ChoiceField(
        label="Wie möchten Sie sprechen?", choices=[("ort", "Vor Ort"), ("tel", "Am Telefon")], widget=forms.RadioSelect
    )
    day = forms.DateField(label="Wann sind Sie geboren?", widget=forms.SelectDateWidget(years=range(1950, 2012)))
    file = forms.FileField(label="Lebenslauf", required=False, help_text="PDF, höchstens 5 MB")
    text = forms.CharField(label="Worum geht es?", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agreed = forms.BooleanField(label="Ich habe die Hinweise gelesen")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_class = "form"
        self.helper.attrs = {"novalidate": ""}
        self.helper.disable_csrf = True
        self.helper.form_method = "get"
        self.helper.add_input(Submit("", "Weiter"))


def sample(request: HttpRequest) -> dict[str, Any]:
    return {
        "cards": CARDS,
        "facets": FACETS,
        "chips": CHIPS,
        "views": VIEWS,
        "orders": ORDERS,
        "radii": [5, 10, 20, 50],
        "keyfacts": KEYFACTS,
        "numbers": NUMBERS,
        "ways": WAYS,
        "steps": ["Thema", "Tag und Uhrzeit", "Ihre Angaben", "Prüfen"],
        "sample_form": SampleForm({"mail": "samir.beispiel.de"}),
        "page": paginate(request, range(900), 20),
    }


@access.public
def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/components.html", sample(request))


urlpatterns = [path("bausteine/", gallery, name="components")] if settings.DEBUG else []
