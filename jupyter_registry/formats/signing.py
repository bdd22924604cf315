"""Signatures of a model's files by OpenSSF model signing: made where it is registered, verified
where it is loaded.

The signature is a file of the package, `NAME`, at its root; it covers every other file by path and
SHA-256. Needs the extra ``signing``.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..domain.errors import InvalidInput, missing_extra
from .certificates import check_new, holder_of, is_certificate, make_certificate, parted

__all__ = ["NAME", "make_certificate", "make_key", "sign", "verify"]

#: Where a package's signature is.
NAME = "model.sig"
#: What the library says of a file that was changed: digests as Python shows them.
_DIGESTS = re.compile(r": Expected 'Digest\(.*?\)', Actual 'Digest\(.*?\)'")


def make_key(path: str | os.PathLike[str]) -> tuple[Path, Path]:
    """Make a private key (ECDSA, P-256) in a file that is there not yet, its public one beside it.

    Returns both paths; the public one has ``.pub`` added, and is what an administrator puts into
    ``RegistryApp.trusted_keys``.

    Raises
    ------
    AlreadyExists
        when one of them is there.
    MissingExtra
        when the extra ``signing`` is not installed.

    """
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError as error:
        raise missing_extra("cryptography", "signing", "Making a key") from error
    private = Path(path).expanduser()
    public = private.with_name(f"{private.name}.pub")
    check_new(private, public)
    key = ec.generate_private_key(ec.SECP256R1())
    pem = serialization.Encoding.PEM
    with open(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public.write_bytes(key.public_key().public_bytes(pem, form))
    return private, public


def sign(folder: Path, key: str | os.PathLike[str], signature: Path) -> None:
    """Sign all files of a folder, links to files too, with a private key in PEM.

    Where the file has certificates as well, of the key and of those above it, the signature names
    its holder: see `certificates`.

    Raises
    ------
    InvalidInput
        when there is no such key, or it is none, or none of the certificates is of it.
    MissingExtra
        when the extra ``signing`` is not installed.

    """
    signing, _, hashing = _library()
    private = Path(key).expanduser()
    try:
        config = _signer(signing.Config(), private)
    except (OSError, ValueError, TypeError) as error:
        raise InvalidInput(
            f"{str(key)!r} is no private key: {error}",
            advice="Give an elliptic-curve key in PEM, such as make_key makes, or one with its "
            "certificates, such as make_certificate makes.",
            fields={"sign_with": str(error)},
        ) from error
    config.set_hashing_config(hashing.Config().set_allow_symlinks(True))
    config.sign(folder, signature)


def _signer(config: Any, private: Path) -> Any:
    """Have it sign with a key alone, or with the certificates that are in the key's file."""
    content = private.read_bytes()
    if not is_certificate(content):
        return config.use_elliptic_key_signer(private_key=private)
    with tempfile.TemporaryDirectory() as parts:
        key, certificate, above = parted(content, Path(parts))
        return config.use_certificate_signer(
            private_key=key, signing_certificate=certificate, certificate_chain=above
        )


def verify(folder: Path, keys: Sequence[Path]) -> tuple[Path | None, str]:
    """The public key that a folder's files were signed with; ``None``, and why, for none of them.

    With an authority's certificate as key, whose certificate it was stands in place of why. It
    counts for ever: what was signed before a certificate ran out is not told from what was signed
    after.

    Raises `MissingExtra` when the extra ``signing`` is not installed.
    """
    _, verifying, hashing = _library()
    signature = folder / NAME
    if not signature.is_file():
        return None, f"it has no signature ({NAME})"
    by_certificate = _has_certificate(signature)
    if by_certificate is None:
        return None, f"{NAME} is no signature"
    reasons = []
    for key in keys:
        try:
            ignored = hashing.Config().set_ignored_paths(paths=[signature], ignore_git_paths=False)
            config, issued = verifying.Config(), is_certificate(key.read_bytes())
            if issued != by_certificate:
                made = "a certificate" if by_certificate else "a key that has no certificate"
                raise ValueError(f"it was signed with {made}")
            if issued:
                config.use_certificate_verifier(certificate_chain=[key])
            else:
                config.use_elliptic_key_verifier(public_key=key)
            config.set_hashing_config(ignored).verify(folder, signature)
        except Exception as error:  # of several libraries
            said = _DIGESTS.sub(" (it is not as it was signed)", str(error).strip())
            reasons.append(f"{key.name}: {said or type(error).__name__}"[:500])
        else:
            return key, holder_of(signature) if issued else ""
    return None, "; ".join(reasons) or "no key is trusted"


def _has_certificate(signature: Path) -> bool | None:
    """Whether a signature was made with a certificate; ``None`` where it is none."""
    try:
        return "x509CertificateChain" in json.loads(signature.read_bytes())["verificationMaterial"]
    except (ValueError, KeyError, TypeError):
        return None


def _library() -> tuple[Any, Any, Any]:
    try:
        from model_signing import hashing, signing, verifying
    except ImportError as error:
        raise missing_extra("model_signing", "signing", "A signature of a model") from error
    return signing, verifying, hashing


def main(arguments: Sequence[str]) -> int:
    """Verify the folder that the JSON in the argument names, by its keys; JSON comes out."""
    asked = json.loads(arguments[0])
    key, why = verify(Path(asked["folder"]), [Path(key) for key in asked["keys"]])
    sys.stdout.write(json.dumps({"key": None if key is None else str(key), "why": why}))
    return 0
