"""What every admin of ours is built on: lists that survive any address."""

from django.contrib import admin


class ModelAdmin(admin.ModelAdmin):
    """Base of all our admins."""

    list_per_page = 50
    list_max_show_all = 200
    show_facets = admin.ShowFacets.ALLOW
    roles: dict[str, set[str]] = {}  # "view", "add", "change", "delete" → roles; who may not is told nothing

    def _may(self, request, deed: str) -> bool:
        """Whoever may change may look; nobody else falls through to Django's tables of permissions."""
        allowed = self.roles.get(deed, set())
        if deed == "view":
            allowed = allowed | self.roles.get("change", set())
        return bool(allowed) and request.user.is_authenticated and request.user.has_role(*allowed)

    def has_module_permission(self, request) -> bool:
        return self._may(request, "view") or self._may(request, "add")

    def has_view_permission(self, request, obj=None) -> bool:
        return self._may(request, "view")

    def has_add_permission(self, request, obj=None) -> bool:
        return self._may(request, "add")

    def has_change_permission(self, request, obj=None) -> bool:
        return self._may(request, "change")

    def has_delete_permission(self, request, obj=None) -> bool:
        return self._may(request, "delete")
