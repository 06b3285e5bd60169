"""Where requests come in: guests, hosts, programs, commands, probes."""
