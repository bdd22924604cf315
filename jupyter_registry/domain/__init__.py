"""Names and rules of the registry, free of I/O; for the server's side and the kernel's side."""
