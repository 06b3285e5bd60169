"""The pages of a person: signing in, passwords, passkeys, API keys, the workspace."""
