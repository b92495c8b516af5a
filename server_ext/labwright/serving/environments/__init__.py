"""Environments that are made for models by uv, from the requirements that were logged with them.

    <home>/environments/<key>/           a virtual environment; the key is a digest of its requirements and its Python
    <home>/environments/<key>/made.json  what it was made from
    <home>/environments/labwright-<key>/ the few files of Labwright that a model process needs there

An environment is shared by all versions with the same requirements, is there whole or not at all, and goes with the
last version that needs it.
"""
