"""What is measured: a module each, whose ``MEASUREMENTS`` open for a build (see ``bench.measurements``)."""
