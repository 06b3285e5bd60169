"""The program's commands: everything that is begun from a shell, and the watch over its processes."""
