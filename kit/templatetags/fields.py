"""Form fields for templates/bootstrap5: one input, several inputs or a group, always named, described and error-marked.

`required` becomes `aria-required`: the browser's own bubbles speak another language than the page and vanish.
"""

from typing import Any

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

register = template.Library()

PART_NAMES = {"day": _("Day"), "month": _("Month"), "year": _("Year")}  # of SelectDateWidget
DATE_AND_TIME = [_("Date"), _("Time")]  # of SplitDateTimeWidget


@register.filter
def is_tick(field: BoundField) -> bool:
    """A single box: its label stands behind it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_group(field: BoundField) -> bool:
    """Radio buttons or several boxes."""
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def parts(field: BoundField) -> list[dict[str, Any]]:
    """The inputs of a widget that has several, each with a name of its own; none for all others."""
    widget = field.field.widget
    if not isinstance(widget, forms.MultiWidget | forms.SelectDateWidget):
        return []
    context = widget.get_context(field.html_name, field.value(), attributes(field) | {"id": field.auto_id})["widget"]
    for number, part in enumerate(context["subwidgets"]):
        kind = "select" if "optgroups" in part else part.get("type", "text")
        part["attrs"] |= {"class": css(kind), "aria-label": str(part_name(field, part["name"], number))}
        part["attrs"].pop("required", None)
    return context["subwidgets"]


def part_name(field: BoundField, name: str, number: int) -> str:
    ending = name.rpartition("_")[2]
    if ending in PART_NAMES:
        return PART_NAMES[ending]
    if isinstance(field.field.widget, forms.SplitDateTimeWidget):
        return DATE_AND_TIME[number]
    return f"{field.label} {number + 1}"


@register.filter
def control(field: BoundField) -> SafeString:
    """The input itself."""
    field.form.use_required_attribute = False
    several = parts(field)
    if several:
        render = field.form.renderer.render
        return mark_safe("".join(render(part["template_name"], {"widget": part}) for part in several))  # noqa: S308
    widget = field.field.widget
    if isinstance(widget, forms.FileInput):  # the clearable one asks for an address, which uploads do not have
        widget = forms.FileInput(attrs=widget.attrs)
        widget.is_required = field.field.required
    return field.as_widget(widget=widget, attrs=attributes(field))


def attributes(field: BoundField) -> dict[str, str | bool]:
    widget = field.field.widget
    classes = [css(type_of(widget)), widget.attrs.get("class", ""), "is-invalid" if field.errors else ""]
    found: dict[str, str | bool] = {"class": " ".join(filter(None, classes))}
    if str(widget.attrs.get("placeholder")) == str(field.label):
        found["placeholder"] = False  # says nothing that the label does not say
    if field.field.required:
        found["aria-required"] = "true"
    return found


def type_of(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    return "select" if isinstance(widget, forms.Select) else "text"


def css(kind: str) -> str:
    return {"checkbox": "form-check-input", "select": "form-select"}.get(kind, "form-control")


@register.filter
def first_input(field: BoundField) -> str:
    """The id to which an error summary leads."""
    if is_group(field):
        return f"{field.auto_id}_0"
    several = parts(field)
    return several[0]["attrs"]["id"] if several else field.id_for_label


@register.filter
def in_summary(error: str, field: BoundField) -> str:
    """The words at the field; a message of Django's that fits every field gets the label in front."""
    classes = type(field.field).__mro__
    general = {str(words) for cls in classes for words in getattr(cls, "default_error_messages", {}).values()}
    return f"{field.label}: {error}" if str(error) in general else str(error)
