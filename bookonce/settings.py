"""Django's settings, from the environment (``environment.py``) alone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import bookonce.boot  # noqa: F401 - first: what must happen before Django
from bookonce.foundation.database_url import database_settings
from bookonce.foundation.environment import read_environment, read_rate

ENVIRONMENT = read_environment()

SECRET_KEY = ENVIRONMENT.secret_key
SECRET_KEY_FALLBACKS = list(ENVIRONMENT.secret_key_fallbacks)
BASE_URL = ENVIRONMENT.base_url
BASE_PATH = urlsplit(BASE_URL).path
DATA = ENVIRONMENT.data
EMAIL_URL = ENVIRONMENT.email_url
EMAIL_FROM = ENVIRONMENT.email_from
DEBUG = False

# The address that the world uses, and this computer's own; health probes are let through before.
ALLOWED_HOSTS = sorted({urlsplit(BASE_URL).hostname or "", "localhost", "127.0.0.1", "[::1]"})

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "bookonce",
]
AUTH_USER_MODEL = "bookonce.Person"
# Why scrypt: docs/decisions/0011. Hashes of the second kind still work, and are renewed at the next sign-in.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
ROOT_URLCONF = "bookonce.urls"
WSGI_APPLICATION = "bookonce.wsgi.application"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
STATIC_URL = "/static/"

# The most that a program may send at once: a batch of ten thousand links.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16_000_000
# The most fields that a form may have: a calendar with a thousand exceptions and fifty questions.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

MIDDLEWARE = [
    "bookonce.interfaces.middleware.RequestGate",
    "bookonce.interfaces.host.shared.middleware.Sessions",
    "bookonce.interfaces.host.shared.middleware.Csrf",
    "bookonce.interfaces.host.shared.middleware.People",
]

# Pages of signed-in people. Browsers accept a cookie with this prefix from this very host alone, and __Host-
# for the whole of it: below a path it would be sent to whatever else lives on the host.
_SECURE = urlsplit(BASE_URL).scheme == "https"
_PREFIX = "" if not _SECURE else "__Secure-" if BASE_PATH else "__Host-"
SESSION_ENGINE = "bookonce.domain.accounts.sessions"
SESSION_COOKIE_NAME = f"{_PREFIX}bookonce"
SESSION_COOKIE_AGE = 400 * 24 * 60 * 60  # the server decides earlier (accounts/sessions.py)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = BASE_PATH or "/"
KNOWN_BROWSER_COOKIE_NAME = f"{_PREFIX}bookonce_known"
CSRF_COOKIE_NAME = f"{_PREFIX}bookonce_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(BASE_URL))]
CSRF_FAILURE_VIEW = "bookonce.interfaces.host.account.sign_in.csrf_failure"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "bookonce.interfaces.pages.template_environment.jinja_environment"},
    }
]

DATABASES = {"default": database_settings(ENVIRONMENT.database_url)}
_default = DATABASES["default"]
# A connection per thread that lives as long as its thread; a dead one is noticed before its next use.
_default |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
if _default["ENGINE"] == "django.db.backends.sqlite3":
    from bookonce.foundation.database.sqlite import OPTIONS

    _default["OPTIONS"] = OPTIONS

RATES = {
    "api_key": read_rate("API_KEY", "600/60"),
    "guest": read_rate("GUEST", "600/60"),
    "unknown_token": read_rate("UNKNOWN_TOKEN", "60/60"),
    "sign_in": read_rate("SIGN_IN", "10/60"),
    "sign_in_place": read_rate("SIGN_IN_PLACE", "60/60"),
    "sign_in_known": read_rate("SIGN_IN_KNOWN", "10/60"),
    "sign_in_passkey": read_rate("SIGN_IN_PASSKEY", "60/60"),
    "sign_in_code": read_rate("SIGN_IN_CODE", "10/600"),
    "account_mail": read_rate("ACCOUNT_MAIL", "3/3600"),
    "booking_tries": read_rate("BOOKING_TRIES", "20/600"),
    "letters_to_guest": read_rate("LETTERS_TO_GUEST", "5/3600"),
    "asks_of_link": read_rate("ASKS_OF_LINK", "3/86400"),
    "asks_of_place": read_rate("ASKS_OF_PLACE", "2/86400"),
    "asks_of_workspace": read_rate("ASKS_OF_WORKSPACE", "20/3600"),
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "bookonce.foundation.log_redaction.RedactingFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "bookonce": {"level": "INFO"},
        # Django logs the path of a refused request, and a path may hold a token (promise 22).
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
    },
}
