"""Settings. Every variable that is read here is explained in .env.example; a test compares the two."""

from pathlib import Path
from urllib.parse import unquote, urlencode, urlsplit

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# ── What kind of installation this is
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)  # invented region, readable outbox, clock that can be moved
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY to at least 50 random characters.")
SITE_BASE_URL = env.str("SITE_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")  # mail links come from here only
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
HTTPS = SITE_BASE_URL.startswith("https://")
STATE_DIR = Path(env.str("PORTAL_STATE_DIR", default=str(BASE_DIR / "var")))  # uploads, deliveries, logs

# ── Apps: the order is the order of the layers, see docs/architecture.md
INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "counseling",
    "courses",
    "internships",
    "talentpool",
    "certificates",
    "providers",
    "accounts",
    "taxonomy",
    "kit",
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # allauth's list of passkeys
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_prose_editor",
    "import_export",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "kit.http.PageHeaders",  # outside of the session, so that it sees what an answer depended on
    "kit.http.RefuseBadInput",
    "kit.clock.ReadOnce",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kit.http.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kit.access.LoginRequired",
    "accounts.middleware.IdleLimit",
    "accounts.middleware.SecondFactor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "kit.templatetags.kit",
                "kit.templatetags.keeping",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context_processors.shell",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# ── Database, broker, cache
STATEMENT_TIMEOUT_MS = env.int("STATEMENT_TIMEOUT_MS", default=0)  # web: 2000; worker and commands: none


def database(facts: dict, *, options: str = "", **libpq) -> dict:
    """One server, from its address. `options` are settings of each session, `libpq` what the address leaves open."""
    timeout = f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC"
    return facts | {
        "HOST": unquote(facts["HOST"]),  # the folder of a socket stands encoded in an address
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**libpq, **facts.get("OPTIONS", {}), "options": f"{timeout} {options}".strip()},
    }


DATABASES = {"default": database(env.db("DATABASE_URL", default="postgresql:///portal"), connect_timeout=5)}  # seconds

# A streaming replica answers strangers on pages of published things, see kit.db; without it nothing changes.
DATABASE_REPLICA_URL = env.str("DATABASE_REPLICA_URL", default="")
REPLICA_LAG_SECONDS = env.int("REPLICA_LAG_SECONDS", default=10)  # one that is further behind is not asked
if DATABASE_REPLICA_URL:
    DATABASES["replica"] = database(
        env.db("DATABASE_REPLICA_URL"),
        options="-c default_transaction_read_only=on",
        connect_timeout=2,  # the primary waits with the answer
        tcp_user_timeout=3000,  # milliseconds; a machine that went away sends no farewell
        keepalives_idle=2,
        keepalives_interval=1,
        keepalives_count=2,
    ) | {"TEST": {"MIRROR": "default"}}
    DATABASE_ROUTERS = ["kit.db.Router"]
# Web processes hold the search in memory; workers and commands, which rarely search, ask the database.
SEARCH_IN_MEMORY = env.bool("SEARCH_IN_MEMORY", default=False)

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379")


def redis_url(number: int, *, kombu: bool = False) -> str:
    """REDIS_URL with another database number; Celery and redis-py spell sockets differently."""
    url = urlsplit(REDIS_URL)
    if url.scheme != "unix":
        return f"{url.scheme}://{url.netloc}/{number}"
    if kombu:
        return f"redis+socket://{url.path}?{urlencode({'virtual_host': number})}"
    return f"unix://{url.path}?{urlencode({'db': number})}"


CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_url(1),
        "KEY_PREFIX": "lernregion",
    }
}
CELERY_BROKER_URL = redis_url(0, kombu=True)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"  # local zones skip an hour in October
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"kit.tasks.deliver_mail": {"queue": "mail"}, "courses.tasks.*": {"queue": "imports"}}
CELERY_BEAT_SCHEDULER = "kit.celery:Scheduler"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 4 * 3600, "socket_timeout": 5, "socket_connect_timeout": 2}

# ── Mail: rows of the outbox are the truth, this is only the way out
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="smtp://127.0.0.1:1025")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Lernregion <portal@lernregion.example>")
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="")  # envelope sender; the number of the mail is added to its name
BOUNCE_IMAP_URL = env.str("BOUNCE_IMAP_URL", default="")  # mailbox with what came back, swept by kit.tasks

# ── Login
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]  # Django's would hash each try again
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "allauth.mfa.adapter.DefaultMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Lernregion"

# ── Languages: source strings are English, German is complete and the default
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Berlin"
USE_TZ = True
USE_I18N = True

# ── Files: static ones carry hashes; uploads never lie under a public URL
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(STATE_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": STATE_DIR / "files", "base_url": None, "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

# ── What a browser may do with our pages
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap draws check marks as data: images
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
CSP_EDITOR = {  # admin pages with the rich text editor: its import map, and the one style sheet that it inserts
    "script-src": [SELF, NONCE],
    "style-src": [SELF, "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 8 * 3600
STAFF_IDLE_SECONDS = 1800  # people with a second factor
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
PROXY_COUNT = env.int("PROXY_COUNT", default=0)  # how many trusted proxies stand in front
if PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = PROXY_COUNT

# ── Logs: one line per event on stderr, without personal data
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"without_tokens": {"()": "kit.logs.WithoutTokens"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_tokens"]}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
}
