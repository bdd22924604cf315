"""Names and rules of the registry, free of I/O; shared by the server's side and the kernel's side."""
