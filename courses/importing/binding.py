"""Whose source a delivery is: the first import binds the provider's id in the file to the provider."""

from dataclasses import dataclass, field

from django.utils.text import slugify
from django.utils.translation import gettext as _

from courses.importing.brakes import Brake
from courses.importing.gather import Part
from courses.models import Source
from kit import text
from providers.models import Organization


@dataclass
class Binding:
    """`provider` None: nobody knows this supplier; applying makes a draft of it."""

    provider: Organization | None
    source: Source | None
    brakes: list[Brake] = field(default_factory=list)


def find_provider(name: str) -> Organization | None:
    """By name as people write it, or by the last part of its address."""
    found = Organization.objects.filter(sort_key=text.fold(name)[:255]).order_by("blocked_at", "pk").first()
    return found or Organization.objects.filter(slug=name).first()


def draft_provider(name: str) -> Organization:
    """An organisation that is named on its courses and has no page yet."""
    return Organization.objects.create(
        name=name[:255], slug=free_slug(name), kinds=[Organization.Kind.PROVIDER], state=Organization.State.DRAFT
    )


def free_slug(name: str) -> str:
    base = slugify(text.transliterate(name))[:100].strip("-") or "anbieter"
    taken = set(Organization.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
    return next(slug for slug in candidates if slug not in taken)


def bind(part: Part, provider: Organization, *, is_only: bool) -> Binding:
    """Provider and source of a part of a delivery that came in for `provider`."""
    kind, supplier = part.header.format, part.supplier
    if not supplier.id:
        return Binding(provider, Source.objects.filter(provider=provider, format=kind, supplier_id="").first())
    ids = [supplier.id, *supplier.aliases]
    bound = Source.objects.filter(format=kind, supplier_id__in=ids).select_related("provider").order_by("pk").first()
    if bound is not None:
        return _bound(bound, provider, is_only=is_only)
    if not is_only:
        named = provider if text.fold(supplier.name) == provider.sort_key else find_provider(supplier.name)
        return Binding(named, None, _second_source(named, part) if named else [])
    return Binding(provider, None, _second_source(provider, part))


def _bound(source: Source, provider: Organization, *, is_only: bool) -> Binding:
    if source.provider_id == provider.pk or not is_only:
        return Binding(source.provider, source)
    names = {"id": source.supplier_id, "owner": source.provider.name, "provider": provider.name}
    reason = _("The number %(id)s in the file belongs to %(owner)s, not to %(provider)s. Import it for %(owner)s.")
    return Binding(source.provider, source, [Brake("foreign-supplier", reason % names, hard=True)])


def _second_source(provider: Organization, part: Part) -> list[Brake]:
    other = Source.objects.filter(provider=provider, format=part.header.format).exclude(supplier_id="").first()
    if other is None:
        return []
    names = {"provider": provider.name, "known": other.supplier_id, "id": part.supplier.id}
    reason = _("%(provider)s delivers under the number %(known)s so far; this file says %(id)s.")
    return [Brake("other-supplier", reason % names)]
