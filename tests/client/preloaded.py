"""What the processes of `forking` have when they begin, imported in the one they are forked from.

Also what the registry imports, and finds out, only where it is needed.
"""

import encodings.idna  # noqa: F401

import certifi  # noqa: F401
import httpcore  # noqa: F401
import httpx  # noqa: F401
import joblib  # noqa: F401
import picklescan.scanner  # noqa: F401
import pyarrow.csv
import pyarrow.parquet  # noqa: F401
import pytest  # noqa: F401
import sklearn.linear_model  # noqa: F401
import skops.io  # noqa: F401
import tqdm.auto  # noqa: F401

import jupyter_registry.client.cli.boards
import jupyter_registry.client.cli.deploying
import jupyter_registry.client.cli.main
import jupyter_registry.client.cli.registering
import jupyter_registry.client.cli.rows  # noqa: F401
from jupyter_registry.client import packaging, provenance, registry  # noqa: F401
from jupyter_registry.domain import accumulators  # noqa: F401
from jupyter_registry.formats import FORMAT_NAMES, baselines, format_named, scoring  # noqa: F401

for _name in FORMAT_NAMES:
    format_named(_name)
