"""What a run knows of the notebook that made it: its cells, code, environment, data and cost."""
