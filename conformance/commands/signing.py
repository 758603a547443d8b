"""`iic-conform key create`, `sign`, `certify` and `revoke`: what a laboratory puts its name under."""

import datetime
from pathlib import Path
from typing import Any

from profiles import Secret
from profiles.secrets import referenced
from reports.signing.certify import NotCertifiable, certify, revoke
from reports.signing.keys import SigningKey, create_key, load_key
from reports.signing.order import Order, firmware_digest
from reports.signing.sign import Unverified, sign
from reports.writing import ReportError

from .exits import CONFORMS, UNVERIFIED, Ended, tell
from .output import write, write_json

HIDDEN = 0o077


def create(directory: Path, algorithm: str, passphrase: str | None, as_json: bool) -> int:
    """Make a key pair in a folder."""
    key = create_key(directory, algorithm, _secret(passphrase))
    files = [str(directory / name) for name in ("key.pem", "key.pub")]
    if as_json:
        write_json({"version": 1, "algorithm": algorithm, "keyid": key.keyid, "files": files})
    else:
        write(f"{files[0]}: the private key ({key.algorithm.title}); keep it to yourself")
        write(f"{files[1]}: the public key, for everyone who verifies; fingerprint {key.keyid}")
    return CONFORMS


def sign_bundle(bundle: Path, key: str, options: dict[str, Any]) -> int:
    """Sign a bundle."""
    done = _guarded(lambda: sign(bundle, _key(key, options), _order(options)))
    if options["form"] == "json":
        write_json({"version": 1, "written": [str(path) for path in done.paths], "notes": done.notes})
        return CONFORMS
    for path in done.paths:
        write(str(path))
    for note in done.notes:
        write(f"note: {note}")
    return CONFORMS


def certify_bundle(
    bundle: Path, key: str, days: int, out: Path | None, status: Path | None, options: dict[str, Any]
) -> int:
    """Issue the certificate of a product that conforms; the exit code of the verdict for any other."""
    signer = _key(key, options)
    try:
        issued = _guarded(lambda: certify(bundle, signer, _order(options), days=days, out=out, kept=status))
    except NotCertifiable as refused:
        raise Ended(str(refused), refused.result.exit_code) from None
    if options["form"] == "json":
        written = [str(path) for path in issued.paths]
        write_json({"version": 1, "id": issued.id, "written": written, "notes": issued.notes})
        return CONFORMS
    write(f"certificate {issued.id}")
    for path in issued.paths:
        write(str(path))
    return CONFORMS


def revoke_credential(credential: Path, status: Path, key: str, reason: str, options: dict[str, Any]) -> int:
    """Mark a certificate as revoked."""
    name = revoke(credential, status, _key(key, options), _at(options), reason)
    if options["form"] == "json":
        write_json({"version": 1, "id": name, "status": str(status)})
    else:
        write(f"{name} is revoked in {status}; publish this file where readers of the certificate find it")
    return CONFORMS


def _guarded(act: Any) -> Any:
    """Do what signs, and tell what keeps it from being done."""
    try:
        return act()
    except Unverified as refused:
        shown = [problem.to_json() for problem in refused.problems]
        lines = [f"{problem['path']}: {problem['what']}" for problem in shown]
        raise Ended("\n".join([f"{refused}:", *lines]), UNVERIFIED) from None
    except ReportError as error:
        raise Ended(str(error)) from None


def _order(options: dict[str, Any]) -> Order:
    given = options.get("firmware")
    return Order(
        laboratory=options.get("laboratory"),
        proof=options.get("proof"),
        firmware=firmware_digest(given) if given else "",
        chain=options.get("certificate"),
        at=_at(options),
    )


def _at(options: dict[str, Any]) -> datetime.datetime:
    return options.get("at") or datetime.datetime.now(datetime.UTC)


def _key(name: str, options: dict[str, Any]) -> SigningKey:
    """The key to sign with; a file that others can read is told."""
    path = Path(name)
    if not name.startswith("pkcs11:") and path.is_file() and path.stat().st_mode & HIDDEN:
        tell(f"warning: others can read {name}; run: chmod 600 {name}")
    return load_key(name, _secret(options["passphrase"]))


def _secret(reference: str | None) -> Secret | None:
    return referenced(reference, "passphrase") if reference else None
