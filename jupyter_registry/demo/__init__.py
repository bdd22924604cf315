"""The flights that left New York in 2013, replayed through a custom and an external deployment.

Run it with ``python -m jupyter_registry.demo``. It uses the registry as any program would:
through the client and over HTTP.
"""
