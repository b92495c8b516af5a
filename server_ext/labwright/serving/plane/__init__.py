"""The data plane: an endpoint's own processes. `python -m labwright.serving.plane FOLDER` is one."""
