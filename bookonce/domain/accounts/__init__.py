"""People, workspaces, keys, and who may do what."""
