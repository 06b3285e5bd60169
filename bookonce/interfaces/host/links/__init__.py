"""The pages of one-time links: sharing, the list, a link, requests for a new one."""
