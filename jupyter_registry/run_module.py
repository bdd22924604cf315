"""The script that workers and training begin with: ``run_module.py MODULE ARGUMENT …``.

It runs under any kernelspec's Python, where ``jupyter_registry`` may not be installed: the package
is then found by its own location alone: the folder it lies in (the server's site-packages) never
gets on ``sys.path``, so that the libraries are the interpreter's own.
"""

import sys


def make_importable(root: str) -> None:
    """Let ``import jupyter_registry`` find the package in the folder ``root``."""
    import importlib.util
    import os

    spec = importlib.util.spec_from_file_location(
        "jupyter_registry",
        os.path.join(root, "__init__.py"),
        submodule_search_locations=[root],
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["jupyter_registry"] = module
    spec.loader.exec_module(module)


def end_with_parent() -> None:
    """On Linux, be ended by the kernel when the process that started this one ends."""
    if sys.platform == "linux":
        import ctypes
        import signal

        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, int(signal.SIGKILL), 0, 0, 0)


def start() -> None:
    """Run the ``main`` of the module that the first argument names, with the other arguments."""
    if sys.version_info < (3, 11):  # noqa: UP036 (it runs under any kernelspec's Python)
        sys.stderr.write("A model needs Python 3.11 or newer here, this is " + sys.version + "\n")
        sys.exit(3)
    import os
    from importlib import import_module

    here = os.path.dirname(os.path.abspath(__file__))
    # the script's own folder, which Python puts first, holds modules that are not top-level
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or os.curdir) != here]
    make_importable(here)
    sys.exit(import_module(sys.argv[1]).main(sys.argv[2:]))


if __name__ == "__main__":
    start()
