"""What the side bar shows of experiments, and where a run comes from."""
