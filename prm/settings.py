"""All settings, read from the environment once, failing loudly.

Development has safe defaults; a deployment (DEBUG=0) must name every secret.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def env_text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return value


def env_flag(name: str, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}.")
    return value == "1"


def env_number(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def env_list(name: str, default: list[str]) -> list[str]:
    value = os.environ.get(name)
    return default if value is None else [part.strip() for part in value.split(",") if part.strip()]


def database(url: str, **options: Any) -> dict[str, Any]:
    """Django's description of one Postgres connection from `postgres://user:password@host:port/name`."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured("A database URL must start with postgresql://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "prm",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "127.0.0.1",
        "PORT": str(parts.port or 5432),
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,  # a pooler in transaction mode may stand in between
        "OPTIONS": {"connect_timeout": 3, **options},
    }


DEBUG = env_flag("DEBUG", default=False)
TESTING = env_flag("PRM_TESTING", default=False)
LOCAL = DEBUG or TESTING
SECRET_KEY = env_text("SECRET_KEY", "a-key-for-one-laptop-only-never-for-a-deployment" if LOCAL else None)
# Seals bank details at rest; kept apart from SECRET_KEY so that one can be changed without the other.
VAULT_KEY = env_text("PRM_VAULT_KEY", SECRET_KEY if LOCAL else None)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "testserver"] if LOCAL else [])
BASE_URL = env_text("PRM_BASE_URL", "http://127.0.0.1:8000")
HTTPS = BASE_URL.startswith("https://")

STATE_DIR = Path(env_text("PRM_STATE_DIR", str(BASE_DIR / "var")))
FILES_ROOT = Path(env_text("PRM_FILES_ROOT", str(STATE_DIR / "files")))

# --- Databases: the application role, and (only where it may migrate) the owner of the schema.
DATABASE_URL = env_text("DATABASE_URL", "postgresql://prm_app@127.0.0.1:5432/prm" if LOCAL else None)
DATABASE_ADMIN_URL = os.environ.get("DATABASE_ADMIN_URL", "")
DATABASES = {
    "default": database(
        DATABASE_URL, options="-c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
    )
}
if DATABASE_ADMIN_URL:
    DATABASES["owner"] = {
        **database(DATABASE_ADMIN_URL, options="-c role=prm_owner -c row_security=off -c lock_timeout=2s"),
        "NAME": DATABASES["default"]["NAME"],
        "ATOMIC_REQUESTS": False,
        "TEST": {"MIRROR": "default"},
    }
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env_text("REDIS_URL", "redis://127.0.0.1:6379/0" if LOCAL else None)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",  # the operator's site names its models itself
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "prm",
    "partners",
    "incentives",
    "campaigns",
    "analytics",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "prm.web.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "prm.accounts.middleware.TenantMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "prm.web.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "prm.web.middleware.PrivateCacheMiddleware",
    "partners.directory.redirects.MergedPartnerMiddleware",
]

ROOT_URLCONF = "prm.urls"
WSGI_APPLICATION = "prm.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "prm.web.context.page",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.insert(0, "django.forms")

# --- People
AUTH_USER_MODEL = "prm.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "switcher"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "prm.accounts.adapters.InvitationOnlyAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # browsers allow passkeys without TLS on localhost alone
MFA_TOTP_ISSUER = "PRM"
MFA_FORMS = {"add_webauthn": "prm.accounts.forms.PasskeyForm"}
# How many proxies of our own stand before web: limits count the address that the outermost of them saw.
ALLAUTH_TRUSTED_PROXY_COUNT = env_number("PRM_TRUSTED_PROXIES", 0)

# --- Outgoing mail
EMAIL_BACKEND = env_text(
    "EMAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend"
    if LOCAL
    else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_FILE_PATH = str(STATE_DIR / "mail")
EMAIL_HOST = env_text("EMAIL_HOST", "localhost")
EMAIL_PORT = env_number("EMAIL_PORT", 25)
EMAIL_USE_TLS = env_flag("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env_flag("EMAIL_USE_SSL", default=False)
if EMAIL_USE_TLS and EMAIL_USE_SSL:
    raise ImproperlyConfigured(
        "Set EMAIL_USE_TLS (usual port 587) or EMAIL_USE_SSL (usual port 465), not both."
    )
EMAIL_HOST_USER = env_text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env_text("EMAIL_HOST_PASSWORD", "")
if EMAIL_HOST_USER and not EMAIL_HOST_PASSWORD:
    raise ImproperlyConfigured("EMAIL_HOST_USER is set: set EMAIL_HOST_PASSWORD too.")
EMAIL_TIMEOUT = 10  # seconds; somebody may wait for the letter to be taken
DEFAULT_FROM_EMAIL = env_text("DEFAULT_FROM_EMAIL", "portal@example.com")

# --- The browser's side
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "prm_session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "prm_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = "prm_language"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env_flag("PRM_BEHIND_PROXY", default=False) else None
)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [BASE_URL] if HTTPS else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_DIRS: list[Any] = [
    ("prm", BASE_DIR / "static" / "prm"),
    ("vendor/tabler", NODE_MODULES / "@tabler/core/dist"),
    ("vendor/icons", NODE_MODULES / "@tabler/icons-webfont/dist"),
    ("vendor/echarts", NODE_MODULES / "echarts/dist"),
    ("vendor/tom-select", NODE_MODULES / "tom-select/dist"),
    ("vendor/inter", NODE_MODULES / "@fontsource-variable/inter"),
]
STATICFILES_FINDERS = [
    "prm.web.finders.ServedFilesFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_ROOT},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = LOCAL

# --- Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = True

# --- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["prm.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["prm.api.permissions.ScopeRequired"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "prm.api.schema.Schema",
    "EXCEPTION_HANDLER": "prm.api.problems.answer_problem",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "PRM API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- Background work: Celery only rings, the queue and the proof are rows in Postgres.
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_VISIBILITY_TIMEOUT = 3600
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 25
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_TIME_LIMIT = 600
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ROUTES = {"incentives.*": {"queue": "money"}, "prm.imports.*": {"queue": "ingest"}}
CELERY_TIMEZONE = "UTC"
SHARD_LEASE_SECONDS = env_number("PRM_SHARD_LEASE_SECONDS", 60)
CELERY_BEAT_SCHEDULE = {
    "relay-outbox": {"task": "prm.outbox.sweep", "schedule": 10.0},
    "send-letters": {"task": "prm.notifications.sweep", "schedule": 60.0},
    "seal-audit": {"task": "prm.audit.seal", "schedule": 60.0},
    "resume-imports": {"task": "prm.imports.resume", "schedule": 60.0},
    "resume-calculations": {"task": "incentives.earnings.resume", "schedule": 30.0},
    "resume-backtests": {"task": "incentives.trials.resume", "schedule": 60.0},
    "estimate-deals": {
        "task": "incentives.trials.estimate_everything",
        "schedule": crontab(hour=2, minute=25),
    },
    "ask-for-terms": {"task": "incentives.terms.ask_everywhere", "schedule": crontab(hour=1, minute=50)},
    "resume-payouts": {"task": "incentives.payouts.resume", "schedule": 30.0},
    "refresh-rollups": {"task": "analytics.facts.refresh", "schedule": 30.0},
    "forget-answers": {"task": "prm.api.forget", "schedule": crontab(hour=3, minute=40)},
    "adopt-standings": {"task": "partners.directory.adopt_standings", "schedule": crontab(minute=5)},
    "keep-deal-dates": {"task": "partners.deals.keep_dates", "schedule": crontab(minute="*/15")},
    "rebuild-claim-keys": {"task": "partners.deals.rebuild_keys", "schedule": crontab(hour=0, minute=25)},
    "close-quiet-rulings": {"task": "partners.conflicts.close_quiet", "schedule": crontab(hour=0, minute=50)},
    "remind-of-certificates": {"task": "partners.training.remind", "schedule": crontab(hour=5, minute=10)},
    "remind-of-documents": {"task": "partners.profiles.remind", "schedule": crontab(hour=5, minute=15)},
    "forget-drafts": {"task": "partners.onboarding.forget", "schedule": crontab(hour=3, minute=20)},
    "remind-of-agreements": {"task": "partners.onboarding.remind", "schedule": crontab(hour=6, minute=10)},
    "send-application-letters": {"task": "partners.onboarding.sweep", "schedule": 60.0},
    "review-tiers": {"task": "partners.tiers.review", "schedule": crontab(hour=1, minute=40)},
    "recalculate-segments": {
        "task": "partners.segments.recalculate_everything",
        "schedule": crontab(hour=1, minute=20),
    },
    "expire-funds": {"task": "incentives.funds.night", "schedule": crontab(hour=0, minute=40)},
    "seal-ledger": {"task": "incentives.ledger.seal", "schedule": crontab(hour=1, minute=0)},
    "prove-ledger": {"task": "incentives.ledger.prove", "schedule": crontab(hour=2, minute=15)},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "prm.web.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env_text("LOG_LEVEL", "WARNING" if TESTING else "INFO")},
}
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
