"""Signatures in PDF after PAdES (baseline B): put behind the report, whose own octets stay as they were."""

import asyncio
import datetime
import hashlib
import io
from collections.abc import Sequence
from typing import Any

from ..needs import need
from .certificates import self_signed
from .keys import ED25519, P384, SigningKey

FIELD = "Signature"
ROOM_OCTETS = 6_144
"""For the signature beside its certificates."""


def sign_pdf(
    data: bytes,
    key: SigningKey,
    *,
    name: str = "iic-conform",
    at: datetime.datetime | None = None,
    chain: Sequence[Any] = (),
    reason: str = "",
) -> bytes:
    """A PDF with a signature of the key over all of it.

    `chain` are certificates of asn1crypto, the signer's first; without them the key signs one for itself under `name`.
    The same arguments give the same octets, as far as the algorithm does. Raises InputError.
    """
    at = (at or datetime.datetime.now(datetime.UTC)).astimezone(datetime.UTC).replace(microsecond=0)
    chain = list(chain) or [self_signed(key, name, at)]
    return asyncio.run(_sign(_writer(data, at), _signer(key, chain), _placeholder(chain, name, at, reason)))


def _placeholder(chain: Sequence[Any], name: str, at: datetime.datetime, reason: str) -> Any:
    signers, fields = need("pyhanko.sign.signers.pdf_byterange"), need("pyhanko.sign.fields")
    return signers.SignatureObject(
        timestamp=at,
        subfilter=fields.SigSeedSubFilter.PADES,
        name=name,
        reason=reason or None,
        bytes_reserved=2 * (ROOM_OCTETS + sum(len(certificate.dump()) for certificate in chain)),
    )


async def _sign(writer: Any, signer: Any, placeholder: Any) -> bytes:
    embedder = need("pyhanko.sign.signers.cms_embedder")
    algorithm = signer.digest_algorithm
    steps = embedder.PdfCMSEmbedder().write_cms(FIELD, writer)
    next(steps)
    steps.send(embedder.SigObjSetup(sig_placeholder=placeholder))
    output = io.BytesIO()
    prepared, _ = steps.send(embedder.SigIOSetup(md_algorithm=algorithm, output=output))
    cms = await signer.async_sign(prepared.document_digest, digest_algorithm=algorithm, use_pades=True)
    prepared.fill_with_cms(output, cms)
    return output.getvalue()


def _writer(data: bytes, at: datetime.datetime) -> Any:
    """A writer whose new document id follows from the document, where the library would draw lots, and whose date of
    change is that of the signature, where the library would look at the clock.
    """
    writer = need("pyhanko.pdf_utils.incremental_writer").IncrementalPdfFileWriter(io.BytesIO(data))
    generic = need("pyhanko.pdf_utils.generic")
    writer._document_id[1] = generic.ByteStringObject(hashlib.sha256(data).digest()[:16])
    kind: Any = type(writer._meta)

    def pinned(self: Any, name: str, value: Any) -> None:
        kind.__setattr__(self, name, at if name == "last_modified" else value)

    writer._meta.__class__ = type("Dated", (kind,), {"__setattr__": pinned})
    return writer


def _signer(key: SigningKey, chain: Sequence[Any]) -> Any:
    """A signer of the library that has our key sign, wherever it is."""
    signers, registry = need("pyhanko.sign.signers"), need("pyhanko_certvalidator.registry")
    store = registry.SimpleCertificateStore()
    store.register_multiple(chain[1:])

    class Ours(signers.Signer):  # type: ignore[misc, name-defined]
        digest_algorithm = {ED25519: "sha512", P384: "sha384"}.get(key.public.algorithm, "sha256")

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            return key.sign(data)

    return Ours(signing_cert=chain[0], cert_registry=store)
