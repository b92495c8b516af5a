"""Batch scoring: a model's predictions of a whole table, spread over the notebook's Dask cluster.

models_found   which model is meant, and its files         sources   the rows, in parts
work           what runs on a worker, for one part          sinks     where predictions go: whole, or not at all
spread         the parts, on a cluster or in this process, their results in order
"""
