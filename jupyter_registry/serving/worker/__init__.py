"""What runs inside a worker process, by the interpreter of a kernelspec."""
