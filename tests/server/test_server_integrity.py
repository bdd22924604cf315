"""Files are those that were registered, whenever they are loaded; whose they are, and what of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from sklearn.linear_model import LinearRegression

from jupyter_registry.client import Registry
from jupyter_registry.domain.errors import AlreadyExists, InvalidInput, SignatureRefused
from jupyter_registry.formats.signing import NAME, make_certificate, make_key

DATA = {"x": [0.0, 1.0, 2.0], "y": [0.0, 2.0, 4.0]}


def model() -> LinearRegression:
    return LinearRegression().fit(pd.DataFrame({"x": DATA["x"]}), DATA["y"])


def register(registry: Registry, name: str, **more: Any) -> Any:
    return registry.register(
        name, model(), target="y", training=DATA, holdout=DATA, progress=False, **more
    )


def flip(file: Path) -> None:
    """Change one byte in the middle."""
    file.chmod(0o644)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def test_a_flipped_byte_in_the_store_is_not_loaded(
    server: Any, api: httpx.Client, registry: Registry, name: str
) -> None:
    package = register(registry, name, format="pickle", description=name)
    # of no other package, so that nobody else's local copy is used
    [artifact] = (server.data / "artifacts").rglob(package.files[0].sha256)
    flip(artifact)
    answer = api.post("/deployments", json={"package_id": package.id, "label": name})
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"].endswith(":IntegrityFailure")
    assert f"files of {package.reference} (model.pkl) cannot be had" in answer.json()["detail"]


def test_a_worker_looks_at_what_it_loads(tmp_path: Path) -> None:
    """Its copy may have been changed since it was made: by another model, for instance."""
    from jupyter_registry.domain.errors import IntegrityFailure
    from jupyter_registry.serving.worker.main import check_files

    (tmp_path / "m.bin").write_bytes(b"content of a model")
    sha256 = "4c9ebac9a3ab5e5ac2b9e3b1b1fa3bb4bb0fb9ac9d0f37a7be7a8a9ac0f5f1c7"
    with pytest.raises(IntegrityFailure, match="SHA-256"):
        check_files(tmp_path, {"m.bin": sha256})
    import hashlib

    check_files(tmp_path, {"m.bin": hashlib.sha256(b"content of a model").hexdigest()})


def test_the_bill_of_materials_is_cyclonedx(
    api: httpx.Client, registry: Registry, name: str
) -> None:
    package = register(registry, name, description="Twice as much.")
    answer = api.get(f"/packages/{package.id}/sbom")
    assert answer.headers["Content-Type"] == "application/vnd.cyclonedx+json; version=1.6"
    assert f"{name}-1.cdx.json" in answer.headers["Content-Disposition"]
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(answer.text) is None
    found = package.sbom()
    assert found == answer.json()
    libraries = {one["name"]: one for one in found["components"] if one["type"] == "library"}
    assert libraries["scikit-learn"]["purl"].startswith("pkg:pypi/scikit-learn@")
    assert libraries["numpy"]["version"] == np.__version__
    files = {one["name"]: one["hashes"] for one in found["components"] if one["type"] == "file"}
    assert files == {
        file.path: [{"alg": "SHA-256", "content": file.sha256}] for file in package.files
    }
    # of one without anything captured, too
    bare = registry.register(
        name, target="y", target_type="regression", signature={"x": "number"}, progress=False
    )
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bare.sbom())) is None
    assert api.get("/packages/987654/sbom").status_code == 404


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    folder = tmp_path_factory.mktemp("keys")
    return {name: make_key(folder / f"{name}.pem") for name in ("trusted", "other")}


def test_keys_are_made_once(keys: dict[str, tuple[Path, Path]]) -> None:
    from jupyter_registry.domain.errors import AlreadyExists

    private, public = keys["trusted"]
    assert private.stat().st_mode & 0o077 == 0
    assert b"PUBLIC" in public.read_bytes()
    with pytest.raises(AlreadyExists):
        make_key(private)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """What an authority issues with, and its certificate."""
    return make_certificate(tmp_path_factory.mktemp("authority") / "acme.pem", "Acme")


@pytest.fixture(scope="module")
def strict(
    tmp_path_factory: pytest.TempPathFactory,
    keys: dict[str, tuple[Path, Path]],
    authority: tuple[Path, Path],
) -> Iterator[Any]:
    """A server on which models must be signed, by a key or by whom an authority knows."""
    from .conftest import Server

    flags = (
        "--RegistryApp.require_signature=True",
        f"--RegistryApp.trusted_keys={keys['trusted'][1]}",
        f"--RegistryApp.trusted_keys={authority[1]}",
    )
    server = Server(tmp_path_factory.mktemp("strict"), *flags)
    yield server.start()
    server.stop()


def test_only_what_a_trusted_key_signed_is_registered_and_loaded(
    strict: Any, keys: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    private, _ = keys["trusted"]
    with Registry(strict.root, strict.token) as registry:
        package = register(registry, "signed", sign_with=private)
        assert [file.path for file in package.files][-1:] == [NAME] or NAME in {
            file.path for file in package.files
        }
        assert package.provenance["signed_by"] == "trusted.pem.pub"
        assert package.deploy("signed").predict({"x": 4.0})["prediction"] == pytest.approx(8.0)
        for more in ({}, {"sign_with": keys["other"][0]}):
            with pytest.raises(SignatureRefused, match=r"model\.sig|other|Verification|signature"):
                register(registry, "signed", **more)
        with pytest.raises(InvalidInput, match="private key"):
            register(registry, "signed", sign_with=keys["trusted"][1])
        # a file that came in after it was signed
        package.download(tmp_path / "m", progress=False)
        (tmp_path / "m" / "more.txt").write_text("more")
        with pytest.raises(SignatureRefused, match=r"more\.txt"):
            registry.register("signed", tmp_path / "m", target="y", training=DATA, progress=False)
        assert len(list(registry.packages())) == 1


def issued(
    by: tuple[Any, Any] | None, name: str, *, issues: bool = False, signs: bool = True
) -> tuple[Any, Any]:
    """A key, and its certificate that another's key and certificate issue."""
    key = ec.generate_private_key(ec.SECP384R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    begin = datetime(2024, 1, 1, tzinfo=UTC)
    unused = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
              "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
    usage = dict.fromkeys(unused, False)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if by is None else by[1].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin if by is None else by[1].not_valid_before_utc)
        .not_valid_after(begin + timedelta(days=7300))
        .add_extension(x509.BasicConstraints(ca=issues, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=signs, key_cert_sign=issues, **usage), critical=True
        )
        .sign(key if by is None else by[0], hashes.SHA256())
    )
    return key, made


def in_pem(path: Path, key: Any, *certificates: Any) -> Path:
    """A file to sign with; the key stands last, as it may."""
    pem = serialization.Encoding.PEM
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certified = b"".join(certificate.public_bytes(pem) for certificate in certificates)
    path.write_bytes(certified + key.private_bytes(pem, *form))
    return path


def test_what_an_authoritys_chain_leads_to_is_trusted(
    strict: Any, authority: tuple[Path, Path], tmp_path: Path
) -> None:
    content = authority[0].read_bytes()
    root = (
        serialization.load_pem_private_key(content, None),
        x509.load_pem_x509_certificate(content),
    )
    between = issued(root, "Acme, Risk", issues=True)
    ada = issued(between, "Ada")
    lone = issued(issued(None, "Elsewhere", issues=True), "Mallory")
    forged = issued(ada, "Of Ada's")  # who may sign, and not issue
    useless = issued(root, "For TLS", signs=False)
    with Registry(strict.root, strict.token) as registry:
        whole = in_pem(tmp_path / "ada.pem", ada[0], between[1], ada[1])
        package = register(registry, "certified", sign_with=whole)
        assert package.provenance["signed_by"] == "acme.pem.crt: CN=Ada"
        # it is verified again when it is loaded
        deployment = package.deploy("certified")
        assert deployment.predict({"x": 4.0}, progress=False)["prediction"] == pytest.approx(8.0)
        made, _ = make_certificate(tmp_path / "bob.pem", "Bob", authority[0])
        assert made.stat().st_mode & 0o077 == 0
        by_bob = register(registry, "certified", sign_with=made)
        assert by_bob.provenance["signed_by"] == "acme.pem.crt: CN=Bob"
        carol = issued(root, "Carol")  # right below the authority: there is nothing between
        by_carol = register(registry, "certified", sign_with=in_pem(tmp_path / "carol", *carol))
        assert by_carol.provenance["signed_by"] == "acme.pem.crt: CN=Carol"
        for name, key, *chain in (
            ("gap", *ada),
            ("elsewhere", *lone),
            ("forged", *forged, ada[1], between[1]),
            ("useless", *useless),
        ):
            with pytest.raises(SignatureRefused, match=r"acme\.pem\.crt: "):
                register(registry, "certified", sign_with=in_pem(tmp_path / name, key, *chain))
        with pytest.raises(SignatureRefused, match="signed with a key that has no certificate"):
            register(registry, "certified", sign_with=make_key(tmp_path / "bare.pem")[0])
        with pytest.raises(InvalidInput, match="none of its certificates is of its key"):
            register(registry, "certified", sign_with=in_pem(tmp_path / "both", ada[0], lone[1]))
        with pytest.raises(InvalidInput, match="no private key"):
            register(registry, "certified", sign_with=authority[1])
        # a file that came in after it was signed
        package.download(tmp_path / "m", progress=False)
        (tmp_path / "m" / "more.txt").write_text("more")
        with pytest.raises(SignatureRefused, match=r"more\.txt"):
            registry.register(
                "certified", tmp_path / "m", target="y", training=DATA, progress=False
            )
        assert len(list(registry.packages(name="certified"))) == 3


def test_certificates_are_made_once(authority: tuple[Path, Path]) -> None:
    with pytest.raises(AlreadyExists):
        make_certificate(authority[0], "Acme again")


def test_what_was_registered_before_is_not_loaded_unsigned(
    start: Callable[..., Any], keys: dict[str, tuple[Path, Path]]
) -> None:
    server = start()
    with Registry(server.root, server.token) as registry:
        unsigned = register(registry, "unsigned")
        signed = register(registry, "signed", sign_with=keys["trusted"][0])
        assert "signed_by" not in signed.provenance  # nobody's keys are trusted
    server.stop()
    server.flags = (
        "--RegistryApp.require_signature=True",
        f"--RegistryApp.trusted_keys={keys['trusted'][1]}",
    )
    server.start()
    with server.client() as api:
        for package, status in ((unsigned, 422), (signed, 201)):
            body = {"package_id": package.id, "label": package.name}
            answer = api.post("/deployments", json=body)
            assert answer.status_code == status, answer.text
