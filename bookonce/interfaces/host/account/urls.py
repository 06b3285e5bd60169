"""The addresses at the door, and of an account and its workspace."""

from __future__ import annotations

from django.urls import path

from bookonce.interfaces.host.account import (
    api_keys,
    reauthenticate,
    recovery,
    second_factors,
    setup,
    sign_in,
    views,
    workspace,
)

urlpatterns = [
    path("sign-in", sign_in.sign_in),
    path("sign-in/code", sign_in.code),
    path("sign-in/passkey", sign_in.passkey),
    path("sign-in/passkey/begin", sign_in.begin_passkey),
    path("sign-out", sign_in.sign_out),
    path("password/forgotten", recovery.forgotten),
    path("password/new/<str:token>", recovery.new_password),
    path("email/new/<str:token>", recovery.new_email),
    path("setup/<str:secret>", setup.setup),
    path("settings/account", views.account),
    path("settings/account/prove", reauthenticate.prove),
    path("settings/account/prove/letter", reauthenticate.by_letter),
    path("settings/account/prove/passkey", reauthenticate.by_passkey),
    path("settings/account/prove/passkey/begin", reauthenticate.begin),
    path("settings/account/email", views.email),
    path("settings/account/password", views.password),
    path("settings/account/sessions/end-others", views.end_others),
    path("settings/account/sessions/<str:name>/end", views.end_session),
    path("settings/account/passkeys/new", second_factors.add_passkey),
    path("settings/account/passkeys/begin", second_factors.begin_passkey),
    path("settings/account/passkeys/<str:name>", second_factors.passkey),
    path("settings/account/authenticator", second_factors.authenticator_page),
    path("settings/account/authenticator/qr.svg", second_factors.qr),
    path("settings/account/authenticator/codes", second_factors.new_codes),
    path("settings/account/authenticator/off", second_factors.turn_off),
    path("settings/workspace", workspace.workspace),
    path("settings/workspace/other", workspace.change_desk),
    path("settings/keys", api_keys.every),
    path("settings/keys/new", api_keys.new),
    path("settings/keys/<str:name>/revoke", api_keys.revoke),
]
