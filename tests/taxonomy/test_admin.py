"""The administration of region and vocabulary."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from taxonomy import loading
from taxonomy.forms import RegionForm, contrast_with_white
from taxonomy.models import Code, FundingType, Page, Place, Region, Topic
from tests import make

pytestmark = pytest.mark.django_db
NAMES = ["region", "district", "place", "topic", "code", "fundingtype", "timetable", "page"]


@pytest.fixture
def admin(login, coordinator):
    return login(coordinator)


@pytest.fixture
def vocabulary(db):
    make.make_region(), make.make_place(), make.make_funding()
    loading.load_codes(), loading.load_topics()
    Page.objects.create(slug="impressum", language="de", title="Impressum", body="<p>Text</p>")


@pytest.mark.usefixtures("vocabulary")
@pytest.mark.parametrize("name", NAMES)
def test_lists_and_forms_open(admin, name):
    address = reverse(f"admin:taxonomy_{name}_changelist")
    assert admin.get(address).status_code == 200
    assert admin.get(f"{address}?q=deutsch").status_code in (200, 302)
    model = {"region": Region, "place": Place, "topic": Topic, "code": Code, "fundingtype": FundingType, "page": Page}
    if name in model:
        row = model[name].objects.first()
        assert admin.get(reverse(f"admin:taxonomy_{name}_change", args=[row.pk])).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_a_moderator_sees_nothing_of_it(login, moderator, name):
    assert login(moderator).get(reverse(f"admin:taxonomy_{name}_changelist")).status_code == 403


def test_the_queue_of_unknown_codes(admin):
    Code.objects.create(list="handicap", number=77, label="Bekannter Wert")
    Code.objects.create(list="handicap", number=78, label="Neuer Wert", is_known=False)
    page = admin.get("/verwaltung/taxonomy/code/?unbekannt=1").content.decode()
    assert "Neuer Wert" in page
    assert "Bekannter Wert" not in page


def region_data(**fields):
    region = make.make_region()
    names = ["name", "office", "address", "phone", "email", "opening_hours", "color_brand", "color_accent"]
    return {**{name: getattr(region, name) for name in names}, **fields}


@pytest.mark.parametrize(
    ("color", "is_fine"), [("#00566B", True), ("#767676", True), ("#787878", False), ("#f2b632", False)]
)
def test_a_colour_that_nobody_can_read_on_is_refused(color, is_fine):
    form = RegionForm(region_data(color_brand=color), instance=Region.objects.get())
    assert form.is_valid() is is_fine


@pytest.mark.parametrize("color", ["red", "#fff", "#00566b;}body{display:none", ""])
def test_only_colours_are_colours(color):
    assert not RegionForm(region_data(color_brand=color), instance=Region.objects.get()).is_valid()


def test_contrast_after_wcag():
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#ffffff") == pytest.approx(1)


def picture(kind="JPEG", size=(1600, 400), **save):
    out = BytesIO()
    Image.new("RGB", size, "#00566b").save(out, kind, **save)
    return SimpleUploadedFile(f"logo.{kind.lower()}", out.getvalue(), f"image/{kind.lower()}")


def test_a_logo_is_drawn_anew(tmp_path, settings):
    upload = picture(comment=b"<script>alert(1)</script>")
    form = RegionForm(region_data(), {"logo": upload}, instance=Region.objects.get())
    assert form.is_valid(), form.errors
    drawn = form.cleaned_data["logo"]
    assert b"script" not in drawn.read()
    drawn.seek(0)
    assert (Image.open(drawn).format, Image.open(drawn).size) == ("PNG", (800, 200))


@pytest.mark.parametrize(
    "upload",
    [
        SimpleUploadedFile("logo.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
        SimpleUploadedFile("logo.png", b"no picture"),
        SimpleUploadedFile("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
    ],
)
def test_what_is_no_picture_is_refused(upload):
    form = RegionForm(region_data(), {"logo": upload}, instance=Region.objects.get())
    assert "logo" in form.errors


def test_a_second_region_cannot_be_made(admin):
    make.make_region()
    assert admin.get("/verwaltung/taxonomy/region/add/").status_code == 403


def test_the_text_of_a_page_is_cleaned_when_it_is_saved(login, editor):
    page = Page.objects.create(slug="impressum", language="de", title="Impressum", body="<p>Alt</p>")
    data = {"slug": "impressum", "language": "de", "title": "Impressum",
            "body": "<h3>Neu</h3><script>alert(1)</script><p onclick='x'>Text</p>"}  # fmt: skip
    assert login(editor).post(reverse("admin:taxonomy_page_change", args=[page.pk]), data).status_code == 302
    page.refresh_from_db()
    assert page.body == "<h3>Neu</h3><p>Text</p>"
    assert page.is_template is False


def test_the_editor_keeps_what_the_cleaner_keeps(admin):
    """What a shipped page uses survives a save without a change."""
    loading.load_pages()
    for page in Page.objects.all():
        assert "<h1" not in page.body
        assert page.title
