"""Promotions and rollbacks: what is promoted is registered, fetched, loaded, checked, and then live; or nothing is."""
