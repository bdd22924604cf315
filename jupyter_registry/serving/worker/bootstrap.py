"""The script a worker's interpreter runs: makes ``jupyter_registry`` importable, and starts.

It runs under any kernelspec's Python, whose own libraries must be the ones the model gets.
Therefore the package is found by its own location alone; the folder it lies in (the server's
site-packages) never gets on ``sys.path``.
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


def start() -> None:
    """Start the worker on the socket whose descriptor is the last argument.

    Or, with ``train FOLDER``, the training job of a folder.
    """
    if sys.version_info < (3, 11):  # noqa: UP036 (it runs under any kernelspec's Python)
        sys.stderr.write("A model worker needs Python 3.11 or newer, this is " + sys.version + "\n")
        sys.exit(3)
    import os

    here = os.path.dirname(os.path.abspath(__file__))
    # the script's own folder, which Python puts first, holds modules that are not top-level
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or os.curdir) != here]
    make_importable(os.path.dirname(os.path.dirname(here)))
    if sys.argv[1] == "train":
        from jupyter_registry.serving.worker.training import train

        sys.exit(train(sys.argv[2]))
    from jupyter_registry.serving.worker.main import main

    main(int(sys.argv[-1]))


if __name__ == "__main__":
    start()
