"""Worker processes that hold models, the pool of them, and the wire between."""
