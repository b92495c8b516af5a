"""The service: every capability's routes, in a process of its own."""
