"""URLs whose views are not ours and therefore carry no declaration of `kit.access`."""

# Namespace or route prefix → who gets in there. Closed anyway unless the foreign view says `login_not_required`.
EXTERNAL = {
    "admin": "portal roles, by the admin site and each admin's permissions",
    "konto/": "allauth: public for logging in, login for everything else",
}
