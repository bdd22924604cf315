"""A real S3 server (SeaweedFS) on ports of its own, with one user."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ACCESS_KEY, SECRET = "registry", "the-secret-of-the-tests"
#: Seconds that it has to answer.
START_SECONDS = 60


class S3Server:
    """SeaweedFS in one process, its data in a folder."""

    def __init__(self, folder: Path) -> None:
        (folder / "data").mkdir()
        credentials = {"accessKey": ACCESS_KEY, "secretKey": SECRET}
        user = {"name": "registry", "credentials": [credentials], "actions": ["Admin"]}
        (folder / "users.json").write_text(json.dumps({"identities": [user]}))
        names = ("s3", "master", "volume", "filer", "s3.grpc", "master.grpc", "volume.grpc",
                 "filer.grpc")  # fmt: skip
        ports = dict(zip(names, _free_ports(len(names)), strict=True))
        self.endpoint = f"http://127.0.0.1:{ports['s3']}"
        flags = [
            f"-{name.replace('.grpc', '')}.port{'.grpc' if '.grpc' in name else ''}={port}"
            for name, port in ports.items()
        ]
        command = [
            str(Path(sys.executable).with_name("weed")), "server", "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1", f"-dir={folder / 'data'}", "-s3",
            f"-s3.config={folder / 'users.json'}", "-s3.port.iceberg=0", "-s3.port.lance=0",
            "-master.volumeSizeLimitMB=64", "-master.telemetry=false", "-volume.max=200", *flags,
        ]  # fmt: skip
        self._log = folder / "weed.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)

    def wait(self) -> None:
        """Wait until a bucket can be made and written to."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.make_bucket("first")
                self.filesystem().pipe_file("first/ready", b"yes")
            except Exception as error:  # botocore's classes are its own
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    log = self._log.read_text(errors="replace")[-3000:]
                    raise RuntimeError(f"The S3 server did not start: {error}\n{log}") from error
                time.sleep(0.2)
            else:
                return

    def options(self, secret: str = SECRET) -> dict[str, Any]:
        """What fsspec needs to reach it."""
        return {"key": ACCESS_KEY, "secret": secret, "endpoint_url": self.endpoint}

    def environment(self, secret: str = SECRET) -> dict[str, str]:
        """The same as variables that all of Amazon's tools know."""
        return {
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_ENDPOINT_URL": self.endpoint,
        }

    def filesystem(self) -> Any:
        """Its content, as it is now."""
        import s3fs

        return s3fs.S3FileSystem(skip_instance_cache=True, use_listings_cache=False,
                                 config_kwargs={"retries": {"max_attempts": 0}},
                                 **self.options())  # fmt: skip

    def make_bucket(self, name: str) -> str:
        """Make a bucket; returns its name."""
        filesystem = self.filesystem()
        if not filesystem.exists(name):
            filesystem.mkdir(name)
        return name

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


def _free_ports(n: int) -> list[int]:
    probes = [socket.socket() for _ in range(n)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
