"""Magics, the cell recorder, run capture."""
