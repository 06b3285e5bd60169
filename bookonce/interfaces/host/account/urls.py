"""The addresses of signing in, of an account and of its workspace."""

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
    path("sign-in/code", sign_in.check_code),
    path("sign-in/passkey", sign_in.sign_in_by_passkey),
    path("sign-in/passkey/begin", sign_in.begin_passkey),
    path("sign-out", sign_in.sign_out),
    path("password/forgotten", recovery.forgot_password),
    path("password/new/<str:token>", recovery.new_password),
    path("email/new/<str:token>", recovery.new_email),
    path("setup/<str:secret>", setup.set_up),
    path("settings/account", views.account_page),
    path("settings/account/prove", reauthenticate.ask_password),
    path("settings/account/prove/letter", reauthenticate.mail_password_link),
    path("settings/account/prove/passkey", reauthenticate.by_passkey),
    path("settings/account/prove/passkey/begin", reauthenticate.begin_passkey),
    path("settings/account/email", views.change_email),
    path("settings/account/password", views.change_password),
    path("settings/account/sessions/end-others", views.end_other_sessions),
    path("settings/account/sessions/<str:name>/end", views.end_session),
    path("settings/account/passkeys/new", second_factors.add_passkey),
    path("settings/account/passkeys/begin", second_factors.begin_passkey),
    path("settings/account/passkeys/<str:name>", second_factors.edit_passkey),
    path("settings/account/authenticator", second_factors.authenticator_page),
    path("settings/account/authenticator/qr.svg", second_factors.authenticator_qr_code),
    path("settings/account/authenticator/codes", second_factors.new_recovery_codes),
    path("settings/account/authenticator/off", second_factors.turn_off_authenticator),
    path("settings/workspace", workspace.workspace_settings),
    path("settings/workspace/other", workspace.switch_workspace),
    path("settings/keys", api_keys.list_keys),
    path("settings/keys/new", api_keys.create_key),
    path("settings/keys/<str:name>/revoke", api_keys.revoke_api_key),
]
