"""Benchmarks: `python -m tests.bench NAME` measures Labwright against its peers in the same run, in alternation."""
