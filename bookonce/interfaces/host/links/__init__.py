"""The pages of one-time links: sharing, the list, a link, asks for a new one."""
