"""Metrics, parameters and tags on their way from a kernel to MLflow: on disk first, sent by the service, once."""
