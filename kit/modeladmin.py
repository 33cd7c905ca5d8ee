"""What every admin of ours is built on: rights by role, lists that survive any address, an editor under strict CSP.

Stands apart from `kit.admin`, which registers an admin: the portal's admin site needs the class to come into being.
"""

import logging
from collections.abc import Mapping
from typing import NamedTuple

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import FieldError, PermissionDenied, SuspiciousOperation, ValidationError
from django.db import DataError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from js_asset import Media

log = logging.getLogger(__name__)

UNANSWERABLE = (ValueError, OverflowError, DataError, FieldError, ValidationError, SuspiciousOperation)


class Deed(NamedTuple):
    """A button on the page of a row. It sends the row through the list action of that name, with its questions."""

    action: str
    label: str
    is_main: bool = False


class ModelAdmin(admin.ModelAdmin):
    """Base of all our admins. Who may do what is said by `roles`: "view", "add", "change", "delete" → role names.

    A verb that is not named is closed for everybody; who may change may also view.
    """

    roles: Mapping[str, set[str]] = {}
    list_per_page = 50
    list_max_show_all = 200
    show_facets = admin.ShowFacets.ALLOW  # counted when somebody asks for it: counting costs a query per choice
    show_full_result_count = False

    def may(self, request, *verbs: str) -> bool:
        named = set().union(*(self.roles.get(verb, set()) for verb in verbs))
        return bool(named) and request.user.has_role(*named)

    def has_view_permission(self, request, obj=None):
        return self.may(request, "view", "change")

    def has_add_permission(self, request):
        return self.may(request, "add")

    def has_change_permission(self, request, obj=None):
        return self.may(request, "change")

    def has_delete_permission(self, request, obj=None):
        return self.may(request, "delete")

    def has_module_permission(self, request):
        return self.may(request, "view", "add", "change", "delete")

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        """Without the cross that empties a whole box: it stands among the items, where a list may hold none."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if isinstance(field.widget, AutocompleteSelectMultiple):
            field.widget.is_required = True
        return field

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        """simple_history writes an old version back for whoever may look at it; here only who may change."""
        if request.method == "POST" and not self.has_change_permission(request):
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, extra_context)

    def changelist_view(self, request, extra_context=None):
        """Filters come from the address, and Django converts them so late that nonsense becomes an error page.

        Nonsense leads back to the unfiltered list, with a word about it. Rendered here because facets are counted
        as late as in the template.
        """
        named = {"title": capfirst(self.opts.verbose_name_plural)}  # a name, where Django gives an order
        try:
            response = super().changelist_view(request, named | (extra_context or {}))
            return response.render() if hasattr(response, "render") else response
        except UNANSWERABLE as error:
            log.warning(
                "unanswerable list of %s: %s", self.opts.label, type(error).__name__, exc_info=_is_ours(request)
            )
            self.message_user(request, _("The list cannot be filtered like that. Here is all of it."), messages.WARNING)
            return redirect(request.path)

    def deeds(self, request, obj) -> list[Deed]:
        """What may be done with a row as it stands now."""
        return []

    def get_object(self, request, object_id, from_field=None):
        """An id that no row can have is an id that no row has."""
        try:
            return super().get_object(request, object_id, from_field)
        except UNANSWERABLE:
            return None

    def render_change_form(self, request, context, *args, **kwargs):
        """The rich text editor brings an import map, the one inline script there is: let in by a nonce, here only."""
        media = context.get("media")
        if getattr(media, "_importmap", None):
            context["media"] = Media.from_media(media, nonce=str(request.csp_nonce))
        original = context.get("original")
        if original is not None and self.has_change_permission(request, original):
            context["deeds"] = self.deeds(request, original)
        response = super().render_change_form(request, context, *args, **kwargs)
        if getattr(media, "_importmap", None):
            response._csp_update = settings.CSP_EDITOR  # what the decorator of django-csp sets
        return response


class WhyForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=255, widget=forms.Textarea(attrs={"rows": 3}))


class Asking(ModelAdmin):
    """Rows that nobody edits. Their deeds ask on a page of their own before they happen.

    `refusals` are the exceptions of deeds that do not fit the state in which a row is.
    """

    change_form_template = "admin/deeds.html"
    refusals: tuple[type[Exception], ...] = ()

    def render_change_form(self, request, context, *args, **kwargs):
        context["deeds"] = self.deeds(request, context["original"])
        return super().render_change_form(request, context, *args, **kwargs)

    def ask_first(self, request, queryset, *, title, then: list, deed, form_class=None):
        """The page; None once it was answered and the deed done to each row. `then`: what happens, in sentences."""
        form = form_class(request.POST if "confirmed" in request.POST else None) if form_class else None
        if "confirmed" in request.POST and (form is None or form.is_valid()):
            self.do_each(request, queryset, deed, form.cleaned_data if form else {})
            return None
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        context = self.admin_site.each_context(request) | {
            "title": title, "rows": queryset[:100], "then": then, "form": form, "action": request.POST["action"],
            "back": back, "opts": self.opts,
        }  # fmt: skip
        return TemplateResponse(request, "admin/ask.html", context)

    def do_each(self, request, queryset, deed, answers: dict) -> None:
        done = 0
        for row in queryset[:100]:
            try:
                deed(row, by=request.user, **answers)
                done += 1
            except self.refusals:
                said = _("Not possible in its present state: %(row)s") % {"row": row}
                self.message_user(request, said, messages.WARNING)
        if done:
            said = ngettext("%(count)d entry is settled.", "%(count)d entries are settled.", done)
            self.message_user(request, said % {"count": done}, messages.SUCCESS)


def _is_ours(request) -> bool:
    """A bare or posted list that fails is a fault of ours, which the log should show with its place."""
    return request.method == "POST" or not request.GET
