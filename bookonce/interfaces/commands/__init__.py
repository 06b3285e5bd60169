"""The program's commands, and the supervision of its processes."""
