"""The Jupyter server extension: handlers, authentication, OpenAPI, events; maintenance."""
