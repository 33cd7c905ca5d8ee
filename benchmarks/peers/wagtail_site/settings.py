"""What `wagtail start` writes, less the admin's addresses, with PostgreSQL's search in German."""

import os
from urllib.parse import unquote, urlsplit

_address = urlsplit(os.environ["DATABASE_URL"])

ALLOWED_HOSTS = ["127.0.0.1"]
SECRET_KEY = "none"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "wagtail_site",
    *(f"wagtail.{name}" for name in ("contrib.forms", "contrib.redirects", "embeds", "sites", "users", "snippets")),
    *(f"wagtail.{name}" for name in ("documents", "images", "search", "admin")),
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    *(f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")),
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "wagtail_site.urls"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _address.path.lstrip("/"),
        "USER": _address.username,
        "PASSWORD": _address.password,
        "HOST": unquote(_address.hostname or ""),
        "PORT": _address.port or "",
        "CONN_MAX_AGE": 60,
    }
}
LANGUAGE_CODE = "de"
USE_TZ = True
STATIC_URL = "/static/"
WAGTAIL_SITE_NAME = "Kurse"
WAGTAILADMIN_BASE_URL = "http://127.0.0.1"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "german"}}
