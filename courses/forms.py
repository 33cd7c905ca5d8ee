"""Forms of the administration: a new delivery, the columns of a table, a course and why it goes back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from kit.richtext import RichTextField
from providers.models import Organization
from taxonomy import codes
from taxonomy.models import CodeList

LARGEST_UPLOAD = 50 * 1024**2


class SearchableSelect(forms.Select):
    """A list that one can type in; without JavaScript it is a plain list. js/admin.js brings it to life."""

    class Media:
        extend = False
        css = {"screen": ["admin/css/vendor/select2/select2.css", "admin/css/autocomplete.css"]}
        js = [
            "admin/js/vendor/jquery/jquery.js",
            "admin/js/vendor/select2/select2.full.js",
            "admin/js/vendor/select2/i18n/de.js",
            "admin/js/jquery.init.js",
        ]


class DeliveryForm(forms.Form):
    """A file and whose it is."""

    provider = forms.ModelChoiceField(
        label=_("provider"), queryset=Organization.objects.none(), required=False,
        widget=SearchableSelect(attrs={"class": "searchable"}), empty_label=_("Please choose"),
        help_text=_("Whose courses the file holds."),
    )  # fmt: skip
    new_provider = forms.CharField(
        label=_("or a new provider"), max_length=255, required=False,
        help_text=_("It becomes a draft: named on its courses, without a page of its own until you publish it."),
    )  # fmt: skip
    file = forms.FileField(
        label=_("file"), allow_empty_file=True,
        help_text=_("open-Q-cat (XML), KuferSQL (XML), CSV or XLSX; at most 50 MB. The format is recognised."),
    )  # fmt: skip
    is_partial = forms.BooleanField(
        label=_("The file holds only some of the courses"), required=False,
        help_text=_("Then nothing is withdrawn that is missing in it."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["provider"].queryset = Organization.objects.nameable().order_by("sort_key", "pk")

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_UPLOAD:
            raise forms.ValidationError(_("The file is bigger than 50 MB. Bigger ones can be imported by command."))
        return file

    def clean(self):
        data = super().clean()
        if bool(data.get("provider")) == bool((data.get("new_provider") or "").strip()):
            self.add_error("provider", _("Please choose a provider or name a new one."))
        return data


class ColumnsForm(forms.Form):
    """What each column of a table holds: `columns` of the file, `choices` of ours, `needed` the key of the title."""

    def __init__(self, data, *, columns, choices: list[tuple[str, str]], needed: str):
        super().__init__(data)
        self.label_suffix, self.needed = "", needed
        self.headings = {f"column_{number}": column.heading for number, column in enumerate(columns)}
        for name, column in zip(self.headings, columns, strict=True):
            self.fields[name] = forms.ChoiceField(
                label=column.heading, choices=[("", _("is not read")), *choices], initial=column.key, required=False,
                help_text=column.example,
            )  # fmt: skip

    def clean(self):
        data = super().clean()
        taken: set[str] = set()
        for name, key in list(data.items()):
            if key and key in taken:
                self.add_error(name, _("Another column is this already."))
            taken.add(key)
        if self.needed not in taken:
            raise forms.ValidationError(_("One of the columns has to be the title of the course."))
        return data

    def explained(self) -> dict[str, str]:
        """Heading → our column, or "" for one that is not read."""
        return {heading: self.cleaned_data[name] for name, heading in self.headings.items()}


class ReasonForm(forms.Form):
    """Why a course goes back."""

    reason = forms.CharField(label=_("reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}))


LOCK_HELP = _(
    "Fields that were corrected here keep their value in every import. Take the tick away to follow the source."
)


class LocksForm(forms.ModelForm):
    """A row that may come from a source: shows which of its fields were corrected by hand, and can let go of them."""

    kept_locks = forms.MultipleChoiceField(
        label=_("fields corrected by hand"), required=False, widget=forms.CheckboxSelectMultiple, help_text=LOCK_HELP
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "kept_locks" in self.fields:
            names = self.instance.locked_fields
            self.fields["kept_locks"].choices = [(name, self.label_of(name)) for name in names]
            self.fields["kept_locks"].initial = names

    def label_of(self, name: str) -> str:
        if name == "sessions":
            return str(_("dates"))
        return str(self._meta.model._meta.get_field(name).verbose_name)

    def released(self) -> set[str]:
        """Locks that were taken away in this form."""
        return set(self.instance.locked_fields) - set(self.cleaned_data.get("kept_locks", []))

    def _clean_fields(self):
        """What the editor only spells anew stays as it is stored."""
        super()._clean_fields()
        for name, field in self.fields.items():
            if isinstance(field, RichTextField) and name in self.cleaned_data and name not in self.changed_data:
                self.cleaned_data[name] = self.initial.get(name, "")


def _rich(label) -> RichTextField:
    return RichTextField(label=label, required=False)


def _coded(label) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, coerce=int, empty_value=None, required=False)


CODED = {
    "course_type": CodeList.COURSE_TYPE, "education_type": CodeList.EDUCATION_TYPE,
    "institution": CodeList.INSTITUTION, "handicaps": CodeList.HANDICAP,
}  # fmt: skip


def _codes(code_list: str, stored: list[int | None]) -> list[tuple]:
    known = codes.choices(code_list)
    numbers = {number for number, _label in known}
    others = [(number, codes.label(code_list, number)) for number in stored if number and number not in numbers]
    empty = [] if code_list == CodeList.HANDICAP else [("", "–")]
    return [*empty, *known, *others]


class CourseForm(LocksForm):
    description = _rich(_("description"))
    text_simple = _rich(_("in plain language"))
    requirements = _rich(_("what you need to bring"))
    audience = _rich(_("for whom"))
    terms = _rich(_("conditions"))
    credits = _rich(_("credit for earlier learning"))
    degree_additional = _rich(_("additional qualification"))
    degree_entitled = _rich(_("entitles to"))
    course_type = _coded(_("course type"))
    education_type = _coded(_("kind of education"))
    institution = _coded(_("kind of institution"))
    handicaps = forms.TypedMultipleChoiceField(
        label=_("made for"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )  # fmt: skip

    class Meta:
        model = Course
        fields = [
            "title", "provider", "number", "topic", "description", "text_simple", "audience", "requirements", "level",
            "handicaps", "terms", "credits", "degree_title", "degree_type", "degree_exam", "examiner",
            "degree_additional", "degree_entitled", "keywords", "course_type", "education_type", "institution", "kldb",
            "contact", "links",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        """Numbers that no official list has stay what they are: the courses that have them can still be saved."""
        super().__init__(*args, **kwargs)
        for name, code_list in CODED.items():
            if name in self.fields:
                stored = getattr(self.instance, name)
                self.fields[name].choices = _codes(code_list, stored if isinstance(stored, list) else [stored])
