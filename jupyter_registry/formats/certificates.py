"""Certificates for signing models: made to try it, taken from files, told by their holder's name.

A file to sign with holds, in PEM, a private key, its certificate, and those between it and an
authority's. Who trusts the authority's certificate trusts all that were issued below it.
"""

from __future__ import annotations

import base64
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ..domain.errors import AlreadyExists, missing_extra

_BEGIN = b"-----BEGIN CERTIFICATE-----"


def is_certificate(content: bytes) -> bool:
    """Whether a PEM file has a certificate."""
    return _BEGIN in content


def check_new(*files: Path) -> None:
    """Raise `AlreadyExists` when there is a file already where a key or certificate is to be."""
    for file in files:
        if file.exists():
            raise AlreadyExists(
                f"{str(file)!r} is there already.",
                advice="Choose another path: what was signed by a lost key stays without one.",
                fields={"path": str(file)},
            )


def make_certificate(
    path: str | os.PathLike[str],
    name: str,
    authority: str | os.PathLike[str] | None = None,
    *,
    days: int = 1825,
) -> tuple[Path, Path]:
    """Make a private key (ECDSA, P-256) with a certificate, in a file that is there not yet.

    Parameters
    ----------
    name:
        The holder's: a person's, a team's.
    authority:
        The file, made by this, of the authority that issues it; it is to sign models with. Without
        one the certificate is an authority's own.
    days:
        How long it is good for.

    Returns
    -------
    The file, with the key and what is needed to sign or issue with it, which is a secret; and
    beside it, with ``.crt`` added, the certificate alone: an authority's is what an administrator
    puts into ``RegistryApp.trusted_keys``.

    Raises
    ------
    AlreadyExists
        when one of them is there.
    MissingExtra
        when the extra ``signing`` is not installed.

    """
    x509, ec, hashes, serialization = _library("Making a certificate")
    secret = Path(path).expanduser()
    public = secret.with_name(f"{secret.name}.crt")
    check_new(secret, public)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    issuer, issuing, above = subject, key, b""
    if authority is not None:
        content = Path(authority).expanduser().read_bytes()
        issuing = serialization.load_pem_private_key(content, None)
        chain = x509.load_pem_x509_certificates(content)
        issuer = chain[0].subject
        above = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)
    begin = datetime.now(UTC) - timedelta(minutes=5)  # clocks differ
    is_authority = authority is None
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(_usage(x509, issues=is_authority), critical=True)
        .sign(issuing, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(private + pem + above)
    public.write_bytes(pem)
    return secret, public


def parted(content: bytes, folder: Path) -> tuple[Path, Path, list[Path]]:
    """The parts of a file to sign with, each in one of its own: key, certificate, those above it.

    Raises ``ValueError`` when there is no key, or no certificate is of it.
    """
    x509, _, _, serialization = _library("Signing with a certificate")
    key = serialization.load_pem_private_key(_key_in(content), None)
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    wanted = key.public_key().public_bytes(*form)
    own, above = None, []
    for one in x509.load_pem_x509_certificates(content):
        if own is None and one.public_key().public_bytes(*form) == wanted:
            own = one
        else:
            above.append(one)
    if own is None:
        raise ValueError("none of its certificates is of its key")
    secret, certificate = folder / "key", folder / "certificate"
    with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(_key_in(content))
    certificate.write_bytes(own.public_bytes(serialization.Encoding.PEM))
    chain = []
    for number, one in enumerate(above):
        chain.append(folder / f"above-{number}")
        chain[-1].write_bytes(one.public_bytes(serialization.Encoding.PEM))
    # the library takes no empty chain; a certificate above itself leads nowhere else
    return secret, certificate, chain or [certificate]


def holder_of(signature: Path) -> str:
    """Whose certificate a verified signature was made with, as the certificate says it."""
    x509, *_ = _library("A signature of a model")
    bundle = json.loads(signature.read_bytes())
    chain = bundle["verificationMaterial"]["x509CertificateChain"]["certificates"]
    leaf = x509.load_der_x509_certificate(base64.b64decode(chain[0]["rawBytes"]))
    return str(leaf.subject.rfc4514_string())


def _key_in(content: bytes) -> bytes:
    """The first block of a PEM file that is a private key."""
    lines = content.splitlines(keepends=True)
    begins = [i for i, line in enumerate(lines) if b"BEGIN" in line and b"PRIVATE KEY" in line]
    if not begins:
        raise ValueError("it has no private key")
    rest = lines[begins[0] :]
    ends = [i for i, line in enumerate(rest) if b"END" in line and b"PRIVATE KEY" in line]
    return b"".join(rest[: ends[0] + 1] if ends else rest)


def _usage(x509: Any, *, issues: bool) -> Any:
    return x509.KeyUsage(
        digital_signature=not issues,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )


def _library(what: str) -> tuple[Any, Any, Any, Any]:
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError as error:
        raise missing_extra("cryptography", "signing", what) from error
    return x509, ec, hashes, serialization
