"""The door: what the Jupyter server does for Labwright. It starts or adopts the service and passes requests on.

The Jupyter server's event loop carries everybody's cells. So nothing here blocks it, no ML library is imported, and
nothing but tornado is imported before the first request.
"""
