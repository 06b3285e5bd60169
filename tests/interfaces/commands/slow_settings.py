"""The product's settings, with the slow page before it."""

from bookonce.settings import *  # noqa: F403

WSGI_APPLICATION = "tests.interfaces.commands.slow.application"
