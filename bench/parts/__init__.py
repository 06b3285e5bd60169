"""What is measured: a module each, whose ``figures(size)`` gives its figures."""
