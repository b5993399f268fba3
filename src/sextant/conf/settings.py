"""Django settings: one file, no inheritance. What differs between machines comes from `env.py`."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from sextant.conf import env as environment

ENV = environment.read()
PACKAGE = Path(__file__).resolve().parents[1]


def _database(url: str | None) -> dict[str, Any]:
    """Connection of Django from a libpq URL. Without one the supervisor sets DATABASE_URL before Django starts;
    what is left (makemigrations, checks) never connects."""
    parts = conninfo_to_dict(url or "")
    known = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    options = {key: value for key, value in parts.items() if key not in known}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{name: str(parts.get(key) or "") for key, name in known.items()},
        "NAME": parts.get("dbname") or "sextant",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def _secret_key(home: Path) -> str:
    """From SEXTANT_SECRET_KEY, else a key made once and kept in the data folder (mode 0600)."""
    if given := os.environ.get("SEXTANT_SECRET_KEY"):
        return given
    path = home / "secret.key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=home, prefix="secret.")  # mode 0600
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # whole or not at all: another process may be starting right now
        os.unlink(draft)
    return path.read_text(encoding="ascii").strip()


SECRET_KEY = _secret_key(ENV.home)
SEXTANT_SECRET_KEYS = ENV.secret_keys
DEBUG = ENV.debug
ALLOWED_HOSTS = [*ENV.allowed_hosts, "localhost", "127.0.0.1"]  # this machine may always ask /healthz
DATABASES = {"default": _database(ENV.database_url)}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_cotton",
    "procrastinate.contrib.django",
    "sextant.ui",
    "sextant.foundation.accounts",
    "sextant.foundation.audit",
    "sextant.foundation.files",
    "sextant.foundation.jobs",
    "sextant.foundation.api",
    "sextant.foundation.events",
    "sextant.foundation.notices",
    "sextant.foundation.webhooks",
    "sextant.lowcode",
    "sextant.people",
    "sextant.metrics",
    "sextant.goals",
    "sextant.tracking",
    "sextant.web",
]

MIDDLEWARE = [
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sextant.ui.csp.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "sextant.ui.locale.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "sextant.foundation.accounts.middleware.SessionSeenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "sextant.people.middleware.ActorMiddleware",
    "sextant.foundation.access.http.AccessMiddleware",
    "sextant.ui.whole_page.WholePageMiddleware",
    "sextant.web.damage.DataDamagedMiddleware",
]

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"

ROOT_URLCONF = "sextant.conf.urls"
WSGI_APPLICATION = "sextant.conf.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "sextant.ui.templatetags.sx"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "sextant.ui.context.page",
                "sextant.web.context.shell",
            ],
        },
    }
]

STATIC_URL = "/static/"
STATICFILES_DIRS = [("", str(PACKAGE / "static"))] if (PACKAGE / "static").is_dir() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = r"-[A-Za-z0-9]{8}\.(js|css|svg|woff2)$"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = str(ENV.zone)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.behind_https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.behind_https else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

SEXTANT_HOME = ENV.home
SEXTANT_ZONE = ENV.zone
SEXTANT_CONNECTOR_HOSTS = ENV.connector_hosts
SEXTANT_CONNECTOR_FILES = ENV.connector_files
SEXTANT_OUTBOUND_HOSTS = ENV.outbound_hosts
SEXTANT_ADDRESS = ENV.address
SEXTANT_ENGINE = ENV.engine
SEXTANT_SUBSCRIPTIONS = "sextant.conf.subscriptions.SUBSCRIPTIONS"
SEXTANT_RECIPIENTS = "sextant.people.recipients.recipients_of"

SEXTANT_WORKER_SILENCE = ENV.worker_silence_seconds
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""  # foundation.jobs.discovery, for those who need it

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"sextant": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}
