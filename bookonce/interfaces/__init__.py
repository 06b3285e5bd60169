"""Where requests come in: from guests, hosts, programs, the shell and probes."""
