"""`sign`, `certify`, `revoke`, `verify` and `key create`. No logic: each imports what it needs only when it runs."""

from pathlib import Path
from typing import Any

import click

from conformance.commands.asking import A_BUNDLE, A_FILE, A_FOLDER, A_NEW_FILE, end, examples, form, group

ALGORITHMS = ("ed25519", "ecdsa-p256", "ecdsa-p384", "sm2")


def _time(context: click.Context, parameter: click.Parameter, text: str | None) -> Any:
    """The value of --at."""
    import datetime

    if text is None:
        return None
    try:
        at = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no time; write 2026-11-30 or 2026-11-30T12:00:00Z") from None
    return at if at.tzinfo else at.replace(tzinfo=datetime.UTC)


passphrase = click.option(
    "--passphrase", metavar="env:NAME|file:PATH", help="Where the passphrase of the key is, or the PIN of the token."
)
signer = group(
    click.option("--key", required=True, metavar="FILE|pkcs11:URI", help="The private key, or a key on a token."),
    passphrase,
    click.option("--at", callback=_time, metavar="TIME", help="The time that the signature says [default: now]."),
)
supplement = group(
    click.option("--firmware", metavar="FILE|sha256:HEX", help="The product's firmware, where its file does not say."),
    click.option("--proof", type=A_FILE, help="The proof of the suites, from `prove --out`."),
    click.option("--certificate", type=A_FILE, help="X.509 certificates for this key, in PEM, for the signed PDF."),
)


@click.command(
    short_help="Sign a bundle, whatever its verdict.",
    epilog=examples(
        "iic-conform sign runs/run-20261125T031500Z-5d1c2a --key keys/key.pem --laboratory laboratory.toml",
        "iic-conform sign runs/run-20261125T031500Z-5d1c2a --firmware eg100.bin --passphrase env:IIC_KEY_PASSPHRASE "
        "--key keys/key.pem",
    ),
)
@click.argument("bundle", type=A_BUNDLE)
@click.option("--laboratory", type=A_FILE, help="Issue the test report too: what the laboratory says in it.")
@group(signer, supplement, form)
def sign(bundle: Path, key: str, **options: Any) -> None:
    """Sign a bundle: a statement over its record, its reports and the firmware. Any verdict can be signed."""
    end("signing:sign_bundle", bundle, key, options)


@click.command(
    short_help="Issue the certificate of a product that conforms.",
    epilog=examples(
        "iic-conform certify runs/run-20261125T031500Z-5d1c2a --key keys/key.pem --laboratory laboratory.toml "
        "--valid-days 1095 --status status.jwt"
    ),
)
@click.argument("bundle", type=A_BUNDLE)
@click.option("--laboratory", type=A_FILE, required=True, help="What the laboratory says of itself.")
@click.option("--valid-days", "days", type=click.IntRange(1, 36_500), default=1095, show_default=True, metavar="N")
@click.option("--out", type=A_FOLDER, help="Where to write [default: the bundle's folder certificate/].")
@click.option("--status", type=A_NEW_FILE, help="The status list to enter it in [default: one of its own].")
@group(signer, supplement, form)
def certify(bundle: Path, key: str, days: int, out: Path | None, status: Path | None, **options: Any) -> None:
    """Issue the certificate of a product that conforms: a verifiable credential, and a page to print."""
    end("signing:certify_bundle", bundle, key, days, out, status, options)


@click.command(
    short_help="Take a certificate back.",
    epilog=examples("iic-conform revoke credential.jwt --status status.jwt --key keys/key.pem"),
)
@click.argument("credential", type=A_FILE)
@click.option("--status", type=A_FILE, required=True, help="The status list that the certificate is in.")
@click.option("--reason", default="", help="Said in the status list.")
@group(signer, form)
def revoke(credential: Path, status: Path, key: str, reason: str, **options: Any) -> None:
    """Take a certificate back: mark it as revoked in its status list."""
    end("signing:revoke_credential", credential, status, key, reason, options)


@click.command(
    short_help="Check what was signed, and that nothing was changed.",
    epilog=examples(
        "iic-conform verify runs/run-20261125T031500Z-5d1c2a --trust laboratory.pub",
        "iic-conform verify test-report-en.pdf --trust laboratory.pub",
        "iic-conform verify credential.jwt --trust laboratory.pub --status status.jwt",
    ),
)
@click.argument("path", metavar="BUNDLE|PDF|CREDENTIAL", type=click.Path(exists=True, path_type=Path))
@click.option("--trust", type=A_FILE, multiple=True, help="A public key that you trust; may be repeated.")
@click.option("--status", type=A_FILE, help="The status list of a certificate.")
@click.option("--at", callback=_time, metavar="TIME", help="Judge by this time [default: now].")
@click.option("--deep", is_flag=True, help="Make every report of a large bundle again too.")
@form
def verify(path: Path, trust: tuple[Path, ...], status: Path | None, at: Any, deep: bool, form: str) -> None:
    """Check that nothing was changed, that what is said follows from the record, and who signed. Needs no network."""
    end("verifying:command", path, trust, status, at, deep, form == "json")


@click.group()
def key() -> None:
    """Keys to sign with."""


@key.command(
    short_help="Make a key pair: key.pem and key.pub.",
    epilog=examples("iic-conform key create keys", "iic-conform key create keys --algorithm ecdsa-p256"),
)
@click.argument("directory", type=A_FOLDER)
@click.option("--algorithm", type=click.Choice(ALGORITHMS), default=ALGORITHMS[0], show_default=True)
@group(passphrase, form)
def create(directory: Path, algorithm: str, passphrase: str | None, form: str) -> None:
    """Make key.pem, which only its owner can read, and key.pub, for everyone who verifies."""
    end("signing:create", directory, algorithm, passphrase, form == "json")


COMMANDS = (sign, certify, revoke, verify, key)
"""What the program takes in."""
