"""Measuring Bookonce: ``make bench`` (``python -m bench [part …] [--quick]``), docs/performance.md."""
