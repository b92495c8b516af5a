"""Widgets for what a person steers live."""
