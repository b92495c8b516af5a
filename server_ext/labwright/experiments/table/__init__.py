"""The runs table: a columnar index of runs, derived from MLflow and deletable, and the questions it answers."""
