"""Pages of an account: signing in, passwords, passkeys, API keys, the workspace."""
