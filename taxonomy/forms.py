"""Forms of the administration of region and vocabulary."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kit import images
from kit.richtext import RichTextField
from taxonomy.models import Page, Region

READABLE = 4.5  # WCAG 2.2, 1.4.3


def contrast_with_white(color: str) -> float:
    """1 to 21, after WCAG 2.2; `color` as "#00566b"."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


class RegionForm(forms.ModelForm):
    color_brand = forms.RegexField(
        label=_("main colour"), regex=r"^#[0-9a-fA-F]{6}$", widget=forms.TextInput(attrs={"type": "color"})
    )
    color_accent = forms.RegexField(
        label=_("accent colour"), regex=r"^#[0-9a-fA-F]{6}$", widget=forms.TextInput(attrs={"type": "color"})
    )

    class Meta:
        model = Region
        fields = [
            "name", "subtitle", "slogan", "office", "address", "phone", "email", "opening_hours", "logo",
            "color_brand", "color_accent", "is_invented",
        ]  # fmt: skip
        widgets = {"logo": forms.FileInput}  # uploads have no address that a link could show

    def clean_color_brand(self) -> str:
        color = self.cleaned_data["color_brand"].lower()
        ratio = contrast_with_white(color)
        if ratio < READABLE:
            found = {"ratio": f"{ratio:.1f}", "least": READABLE}
            raise forms.ValidationError(
                _("White letters on this colour cannot be read by everybody: contrast %(ratio)s, at least %(least)s.")
                % found
            )
        return color

    def clean_color_accent(self) -> str:
        return self.cleaned_data["color_accent"].lower()

    def clean_logo(self):
        logo = self.cleaned_data.get("logo")
        return images.redrawn(logo) if "logo" in self.changed_data and logo else logo


class PageForm(forms.ModelForm):
    body = RichTextField(label=_("text"))

    class Meta:
        model = Page
        fields = ["slug", "language", "title", "body", "is_template", "reviewed_on"]
