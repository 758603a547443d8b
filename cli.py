"""The command `iic-conform`. No logic here: each command imports what it needs only when it runs."""

from pathlib import Path
from typing import Any

import click

from conformance.commands.asking import A_BUNDLE, A_FILE, A_FOLDER, form
from conformance.commands.asking import end as _end
from conformance.commands.asking import examples as _examples
from conformance.commands.asking import group as _group
from conformance.commands.certification import COMMANDS

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
KINDS = ("standards", "requirements", "profiles", "suites", "cases", "testbeds", "references", "faults", "reports")
EXIT_CODES = """\b
Exit codes:
  0  conforms                   4  an error of the harness
  1  does not conform           5  testbed or product not reachable
  2  usage or bad input file    6  verification failed
  3  inconclusive, incomplete   130  interrupted"""


quiet = click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
written = click.option(
    "--report", "formats", multiple=True, metavar="FORMAT", help="Write only this report format; may be repeated."
)
out = click.option("--out", type=A_FOLDER, default=Path("runs"), show_default=True, help="Where the bundle is made.")
reach = _group(
    click.option("--product", type=A_FILE, help="The product file. Without it: the embedded reference."),
    click.option(
        "--testbed", metavar="NAME|FILE", help="Where the product is reached [default: running, at its own addresses]."
    ),
)
choose = _group(
    click.option(
        "--select",
        default="",
        metavar="EXPR",
        help="Requirement ids, clauses, standards, files, parts of case ids; and, or, not.",
    ),
    click.option("--limit", type=click.IntRange(1), metavar="N", help="At most so many cases."),
    click.option(
        "--concurrency",
        type=click.IntRange(1),
        metavar="N",
        help="Cases at the same time, where the product bears few.",
    ),
    click.option("--allow-disruptive", is_flag=True, help="Also cases that reset, flood or restart the product."),
    click.option("--seed", type=int, help="Repeat the random choices of another run."),
    click.option("--shuffle", is_flag=True, help="Cases in an order that follows from the seed."),
)


@click.group(context_settings=CONTEXT, epilog=EXIT_CODES)
@click.version_option(package_name="iic-conform", prog_name="iic-conform")
def main() -> None:
    """Check industrial-internet products against standard profiles, and report what was found.

    `iic-conform run mqtt-broker` is a first run: it needs no product, server or root.
    """


@main.command(
    short_help="Run a profile against a product, and write its reports.",
    epilog=_examples(
        "iic-conform run mqtt-broker",
        "iic-conform run mqtt-broker --product broker.toml",
        "iic-conform run mqtt-broker --testbed examples/testbeds/mosquitto.toml",
        "iic-conform run mqtt-broker --product broker.toml --select 'mqtt-5.0 and 3.3'",
        "iic-conform run mqtt-broker -- --junitxml=junit.xml",
    ),
)
@click.argument("profile")
@click.argument("pytest_arguments", nargs=-1, metavar="[-- PYTEST_OPTION...]")
@_group(reach, out, choose, written, quiet, form)
def run(profile: str, pytest_arguments: tuple[str, ...], **options: Any) -> None:
    """Run PROFILE (a name, or a file that ends in .toml) against a product, and write its reports.

    With no product the profile's embedded reference is tested.
    """
    _end("run:run", _order(profile, options), _choices(options), options["out"], _telling(options), pytest_arguments)


@main.command(
    short_help="Show which cases `run` would run, and what is left out.",
    epilog=_examples(
        "iic-conform plan mqtt-broker --product broker.toml", "iic-conform plan mqtt-broker --select 3.1 --format json"
    ),
)
@click.argument("profile")
@_group(reach, choose, form)
def plan(profile: str, **options: Any) -> None:
    """Show which cases `run` would run and what is left out, and why. No traffic."""
    _end("planning:command", _order(profile, options), _choices(options), options["form"] == "json")


@main.command(
    short_help="Go on with a run that was cut short.",
    epilog=_examples("iic-conform resume runs/run-20261125T031500Z-5d1c2a"),
)
@click.argument("bundle", type=A_BUNDLE)
@_group(reach, written, quiet, form)
def resume(bundle: Path, **options: Any) -> None:
    """Go on with a run that was cut short: only cases that have no end."""
    _end("run:resume", bundle, _order("", options), _telling(options))


@main.command(epilog=_examples("iic-conform rerun --failed runs/run-20261125T031500Z-5d1c2a"))
@click.argument("bundle", type=A_BUNDLE)
@click.option("--failed", is_flag=True, help="Only the cases that did not pass.")
@_group(reach, out, choose, written, quiet, form)
def rerun(bundle: Path, failed: bool, **options: Any) -> None:
    """Run the cases of a bundle again, in a new bundle. The old one stays as it is."""
    _end("run:rerun", bundle, _order("", options), failed, _choices(options), options["out"], _telling(options))


@main.command(epilog=_examples("iic-conform rejudge runs/run-20261125T031500Z-5d1c2a --select MQTT-3.1.0-2"))
@click.argument("bundle", type=A_BUNDLE)
@click.option("--select", default="", metavar="EXPR", help="Only these cases.")
@click.option("--product", type=A_FILE, help="The product file, where the conversation holds its secrets.")
@form
def rejudge(bundle: Path, select: str, product: Path | None, form: str) -> None:
    """Judge recorded conversations again, without the product."""
    _end("rejudging:command", bundle, select, product, form == "json")


@main.command(
    short_help="Write the reports of a bundle again, or its test report.",
    epilog=_examples(
        "iic-conform report runs/run-20261125T031500Z-5d1c2a --report html --out public",
        "iic-conform report BUNDLE --report pdf --laboratory laboratory.toml --proof proof.json",
    ),
)
@click.argument("bundle", type=A_BUNDLE)
@written
@click.option("--laboratory", type=A_FILE, help="Who issues the test report (pdf), as examples/laboratory.toml shows.")
@click.option("--proof", type=A_FILE, help="The proof of the suites for the test report, as `prove --out` stored it.")
@click.option(
    "--language", type=click.Choice(["en", "zh", "both"]), default="both", show_default=True, help="Of the test report."
)
@click.option("--out", type=A_FOLDER, help="Where to write [default: the bundle's folder report/].")
@form
def report(bundle: Path, formats: tuple[str, ...], out: Path | None, **options: Any) -> None:
    """Write the reports of a bundle again, or its test report in PDF."""
    from conformance.commands.order import Issue

    issue = Issue(**{name: options[name] for name in ("laboratory", "proof", "language")})
    _end("reporting:command", bundle, formats, out, issue, options["form"] == "json")


@main.command(
    epilog=_examples(
        "iic-conform compare runs/run-20261118T090000Z-77a01b runs/run-20261125T031500Z-5d1c2a",
        "iic-conform compare BEFORE AFTER --format html --out regression.html",
    )
)
@click.argument("before", type=A_BUNDLE)
@click.argument("after", type=A_BUNDLE)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="text for a terminal, json for machines, html for people.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
def compare(before: Path, after: Path, form: str, out: Path | None) -> None:
    """Show what changed between two runs, worse things first.

    Exit code 1 when something is worse in the second run, 0 when nothing is.
    """
    _end("comparing:command", before, after, form, out)


@main.command(
    "list", epilog=_examples("iic-conform list profiles", "iic-conform list requirements mqtt-5.0 --format json")
)
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("standards", nargs=-1)
@form
def list_(kind: str, standards: tuple[str, ...], form: str) -> None:
    """List what is installed."""
    _end("listing:command", kind, standards, form == "json")


@main.command(
    short_help="Show a requirement: wording, condition, cases, faults.",
    epilog=_examples("iic-conform explain MQTT-3.1.0-2", "iic-conform explain mqtt-5.0/server:MQTT-3.1.0-2"),
)
@click.argument("requirement")
@form
def explain(requirement: str, form: str) -> None:
    """Show a requirement: wording, clause, condition, the cases that judge it, the faults that break it."""
    _end("listing:explain", requirement, form == "json")


@main.command(
    short_help="Test the tests: each case on the reference and on its faults.",
    epilog=_examples(
        "iic-conform prove",
        "iic-conform prove mqtt --fault second-connect-tolerated",
        "iic-conform prove --out proof.json",
    ),
)
@click.argument("suite", required=False)
@click.option("--fault", "only", multiple=True, metavar="ID", help="Only this fault; may be repeated.")
@click.option("--select", default="", metavar="EXPR", help="Only these cases.")
@click.option("--whole", is_flag=True, help="Every fault with every case, also with those that cannot tell it.")
@click.option("--quick", is_flag=True, help="Every fault only with the cases that judge what it names.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes [default: one for each processor].")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Store the matrix as JSON.")
@form
def prove(
    suite: str | None,
    only: tuple[str, ...],
    select: str,
    whole: bool,
    quick: bool,
    workers: int | None,
    out: Path | None,
    form: str,
) -> None:
    """Test the tests: every case against the conforming reference, and against each of its faults."""
    _end("prove:command", suite, only, select, whole, quick, workers, out, form == "json")


@main.command(
    short_help="Serve a reference product on loopback, until Ctrl-C.",
    epilog=_examples(
        "iic-conform simulate mqtt-broker --port 1883", "iic-conform simulate mqtt-broker --fault MQTT-3.12.4-1"
    ),
)
@click.argument("reference")
@click.option("--fault", metavar="ID", help="A fault, or the requirement that exactly one fault breaks.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="TCP port on 127.0.0.1 [default: a free one].")
def simulate(reference: str, fault: str | None, port: int) -> None:
    """Serve a reference product on loopback, conforming or with a fault, until Ctrl-C."""
    _end("simulate:command", reference, fault, port)


@main.group()
def profile() -> None:
    """Work on catalogues, profiles and product files."""


@profile.command(
    short_help="Tell what is wrong with catalogues, profiles and products.",
    epilog=_examples("iic-conform profile lint my-profile.toml product.toml"),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@form
def lint(files: tuple[Path, ...], form: str) -> None:
    """Tell what is wrong with catalogue, profile and product files: where, what, and the cure."""
    _end("checking:lint", files, form == "json")


@main.group()
def testbed() -> None:
    """Work on testbeds."""


@testbed.command(
    short_help="Tell what a testbed lacks on this machine, and how to get it.",
    epilog=_examples("iic-conform testbed check examples/testbeds/mosquitto.toml"),
)
@click.argument("name")
@click.option("--product", type=A_FILE, help="The product file.")
@form
def check(name: str, product: Path | None, form: str) -> None:
    """Tell what a testbed needs that this machine lacks, and how to get it. Starts nothing."""
    _end("checking:check", name, product, form == "json")


@testbed.command(
    short_help="End and remove what killed runs have left behind.", epilog=_examples("iic-conform testbed clean")
)
@form
def clean(form: str) -> None:
    """End and remove what killed runs have left behind: products that still run, and their folders."""
    _end("checking:clean", form == "json")


@main.command(epilog=_examples('eval "$(iic-conform completion bash)"'))
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes this command in your shell."""
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    assert made
    click.echo(made(main, {}, "iic-conform", "_IIC_CONFORM_COMPLETE").source())


for command in COMMANDS:
    main.add_command(command)


def _order(profile: str, options: dict[str, Any]) -> Any:
    from conformance.commands.order import Order

    return Order(profile=profile, product=options["product"], testbed=options["testbed"])


def _choices(options: dict[str, Any]) -> Any:
    from conformance.engine.choices import Choices

    names = ("select", "limit", "concurrency", "allow_disruptive", "seed", "shuffle")
    return Choices(**{name: options[name] for name in names})


def _telling(options: dict[str, Any]) -> Any:
    from conformance.commands.order import Telling

    return Telling(as_json=options["form"] == "json", quiet=options["quiet"], formats=options["formats"])


if __name__ == "__main__":
    main()
