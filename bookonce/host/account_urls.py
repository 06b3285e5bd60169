"""The addresses at the door, and of an account and its workspace."""

from __future__ import annotations

from django.urls import path

from bookonce.host import account, forgotten, keys, proving, setup, sign_in, ways_in, workspace

urlpatterns = [
    path("sign-in", sign_in.sign_in),
    path("sign-in/code", sign_in.code),
    path("sign-in/passkey", sign_in.passkey),
    path("sign-in/passkey/begin", sign_in.begin_passkey),
    path("sign-out", sign_in.sign_out),
    path("password/forgotten", forgotten.forgotten),
    path("password/new/<str:token>", forgotten.new_password),
    path("email/new/<str:token>", forgotten.new_email),
    path("setup/<str:secret>", setup.setup),
    path("settings/account", account.account),
    path("settings/account/prove", proving.prove),
    path("settings/account/prove/letter", proving.by_letter),
    path("settings/account/prove/passkey", proving.by_passkey),
    path("settings/account/prove/passkey/begin", proving.begin),
    path("settings/account/email", account.email),
    path("settings/account/password", account.password),
    path("settings/account/sessions/end-others", account.end_others),
    path("settings/account/sessions/<str:name>/end", account.end_session),
    path("settings/account/passkeys/new", ways_in.add_passkey),
    path("settings/account/passkeys/begin", ways_in.begin_passkey),
    path("settings/account/passkeys/<str:name>", ways_in.passkey),
    path("settings/account/authenticator", ways_in.authenticator_page),
    path("settings/account/authenticator/qr.svg", ways_in.qr),
    path("settings/account/authenticator/codes", ways_in.new_codes),
    path("settings/account/authenticator/off", ways_in.turn_off),
    path("settings/workspace", workspace.workspace),
    path("settings/workspace/other", workspace.change_desk),
    path("settings/keys", keys.every),
    path("settings/keys/new", keys.new),
    path("settings/keys/<str:name>/revoke", keys.revoke),
]
