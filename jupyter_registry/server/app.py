"""The Jupyter server extension: configuration, routes, start and stop. Imports little."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_data_dir
from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Dict, Enum, Float, Integer, List, Unicode, default

from .events import ChangeEvents
from .maintenance import default_database_url
from .mounting import rules
from .opening import Opening, Options

#: Seconds after the server's start at which the registry opens without being asked.
_OPEN_AFTER = 1.0


class RegistryApp(ExtensionApp):
    """Hosts the model registry in a Jupyter server."""

    name = "jupyter_registry"
    description = __doc__

    database_url = Unicode(
        help="Where the registry's database is: sqlite:///path or postgresql+psycopg://… "
        "(environment: JUPYTER_REGISTRY_DATABASE_URL)."
    ).tag(config=True)
    artifact_url = Unicode(
        help="Where packages' files are: a folder or an fsspec URL such as s3://bucket/path "
        "(environment: JUPYTER_REGISTRY_ARTIFACT_URL)."
    ).tag(config=True)
    artifact_options = Dict(
        help="Passed to the fsspec filesystem of artifact_url: endpoint, credentials, …"
    ).tag(config=True)
    model_folder = Unicode(
        help="Where local copies of the packages in service are kept for the workers."
    ).tag(config=True)
    durable_log = Bool(
        False,
        help="Whether recorded predictions and actuals survive a power cut, not only a crash "
        "(SQLite; slower).",
    ).tag(config=True)
    default_kernelspec = Unicode(
        "",
        help="The kernelspec whose environment models run in unless their deployment names one "
        "(default: the server's own Python).",
    ).tag(config=True)
    max_upload_bytes = Integer(64 * 1024**3, help="Bytes of one upload, at most.").tag(config=True)
    max_upload_files = Integer(10_000, help="Files of one upload, at most.").tag(config=True)
    max_archive_ratio = Float(
        200.0,
        help="How many times its own size an archive may unpack to (what unpacks to 64 MiB or "
        "less is not asked). Its files count as an upload's: max_upload_bytes, max_upload_files.",
    ).tag(config=True)
    max_archive_depth = Integer(
        20, help="Folders within each other that the files of an archive may lie in."
    ).tag(config=True)
    pickle_policy = Enum(
        ["block", "warn", "allow"],
        "block",
        help="What becomes of a model whose pickles would run code outside known machine-learning "
        "libraries: it is refused (when it is registered, and again when it is loaded), "
        "registered with what was found, or not looked into at all.",
    ).tag(config=True)
    allow_own_code = Bool(
        True,
        help="Whether who registers a model may say that the code in its pickles is their own, as "
        "the client does of objects of a kernel (own_code): classes of a notebook, modules of "
        "their own. What runs commands is refused all the same.",
    ).tag(config=True)
    trusted_types = List(
        Unicode(),
        help="Types that models (skops files, pickles) may be made of beside those of known "
        "libraries: whole names such as acme.models.Ranker, or modules with a dot, acme.models.",
    ).tag(config=True)
    trusted_keys = List(
        Unicode(),
        help="Files with public keys, or with certificates of authorities (PEM), whose signatures "
        "of models count; the extra signing.",
    ).tag(config=True)
    require_signature = Bool(
        False,
        help="Whether a model must be signed by one of trusted_keys to be registered and loaded.",
    ).tag(config=True)
    upload_idle_seconds = Float(
        24 * 3600.0, help="An upload without progress for so long is thrown away."
    ).tag(config=True)
    upload_resume_seconds = Float(
        3600.0, help="How long what arrived of a file waits for the rest after a connection broke."
    ).tag(config=True)
    worker_idle_seconds = Float(
        900.0, help="A model's worker without requests for so long is stopped."
    ).tag(config=True)
    worker_start_seconds = Float(
        120.0, help="Seconds that starting a worker and loading its model may take."
    ).tag(config=True)
    predict_seconds = Float(
        600.0, help="Seconds that one call of a model may take before its worker is ended."
    ).tag(config=True)
    inspect_seconds = Float(
        600.0,
        help="Seconds that inspecting a model and its data before registering may take before its "
        "worker is ended.",
    ).tag(config=True)
    worker_memory_mb = Float(
        0.0,
        help="Memory in MB that a worker may use with all that it starts before it is ended "
        "(default: 80 % of the machine's or container's).",
    ).tag(config=True)
    worker_processors = Integer(0, help="Processors that a worker may run on (default: all).").tag(
        config=True
    )
    worker_open_files = Integer(
        1024, help="Files and sockets that a worker may have open (0: as the server)."
    ).tag(config=True)
    environment_folder = Unicode(
        help="Where environments are kept that are built from what packages need; servers may "
        "share one (environment: JUPYTER_REGISTRY_ENVIRONMENT_FOLDER)."
    ).tag(config=True)
    environment_index_url = Unicode(
        "",
        help="Where packages for environments are installed from (default: uv's own, or what "
        "UV_DEFAULT_INDEX or PIP_INDEX_URL say).",
    ).tag(config=True)
    environment_seconds = Float(900.0, help="Seconds that building an environment may take.").tag(
        config=True
    )
    environment_mb = Float(8000.0, help="Megabytes that an environment may take on disk.").tag(
        config=True
    )
    environment_days = Float(
        14.0, help="Days after which an environment that no deployment uses is removed."
    ).tag(config=True)
    environment_sources = Bool(
        False,
        help="Whether packages without a wheel may be built for an environment: that runs their "
        "code outside any worker.",
    ).tag(config=True)
    allow_requirement_links = Bool(
        False,
        help="Whether a package's requirements may be addresses (git+https://…), paths and "
        "options (-e, --index-url), beside names with versions.",
    ).tag(config=True)
    max_workers = Integer(
        16, help="Worker processes at once, at most; two more may inspect models to be registered."
    ).tag(config=True)

    @default("database_url")
    def _default_database_url(self) -> str:
        return default_database_url()

    @default("artifact_url")
    def _default_artifact_url(self) -> str:
        return os.environ.get("JUPYTER_REGISTRY_ARTIFACT_URL") or str(_data() / "artifacts")

    @default("model_folder")
    def _default_model_folder(self) -> str:
        return os.environ.get("JUPYTER_REGISTRY_MODEL_FOLDER") or str(_data() / "models")

    @default("environment_folder")
    def _default_environment_folder(self) -> str:
        given = os.environ.get("JUPYTER_REGISTRY_ENVIRONMENT_FOLDER")
        return given or str(_data() / "environments")

    def initialize_handlers(self) -> None:
        """Add the routes."""
        assert self.serverapp is not None
        self.opening = Opening(
            self.options(),
            self.log,
            getattr(self.serverapp, "kernel_spec_manager", None),
            ChangeEvents(self.serverapp.event_logger, self.log),
        )
        web_app = self.serverapp.web_app
        web_app.add_handlers(".*$", rules(self.opening, web_app.settings["base_url"]))

    def options(self) -> Options:
        """The configuration as opening takes it."""
        return Options(
            database_url=self.database_url,
            artifact_url=self.artifact_url,
            artifact_options=dict(self.artifact_options),
            model_folder=Path(self.model_folder).expanduser().absolute(),
            durable_log=self.durable_log,
            default_kernelspec=self.default_kernelspec or None,
            max_upload_bytes=self.max_upload_bytes,
            max_upload_files=self.max_upload_files,
            max_archive_ratio=self.max_archive_ratio,
            max_archive_depth=self.max_archive_depth,
            pickle_policy=self.pickle_policy,
            allow_own_code=self.allow_own_code,
            trusted_types=tuple(self.trusted_types),
            trusted_keys=tuple(self.trusted_keys),
            require_signature=self.require_signature,
            upload_idle_seconds=self.upload_idle_seconds,
            upload_resume_seconds=self.upload_resume_seconds,
            worker_idle_seconds=self.worker_idle_seconds,
            worker_start_seconds=self.worker_start_seconds,
            predict_seconds=self.predict_seconds,
            inspect_seconds=self.inspect_seconds,
            max_workers=self.max_workers,
            worker_memory_mb=self.worker_memory_mb,
            worker_processors=self.worker_processors,
            worker_open_files=self.worker_open_files,
            environment_folder=Path(self.environment_folder).expanduser().absolute(),
            environment_index_url=self.environment_index_url,
            environment_seconds=self.environment_seconds,
            environment_mb=self.environment_mb,
            environment_days=self.environment_days,
            environment_sources=self.environment_sources,
            allow_requirement_links=self.allow_requirement_links,
        )

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:
        """Open the registry soon after the server has started."""
        self._early = asyncio.ensure_future(self.opening.open_early(_OPEN_AFTER))

    async def stop_extension(self) -> None:
        """Close the registry with the server."""
        early = getattr(self, "_early", None)
        if early is not None:
            early.cancel()
        opening = getattr(self, "opening", None)
        if opening is not None:
            await opening.close()


def _data() -> Path:
    """The registry's part of Jupyter's data folder."""
    return Path(jupyter_data_dir()) / "registry"
