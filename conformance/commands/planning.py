"""`iic-conform plan`: apart from `run`, because it needs neither reports nor what conducts a run."""

from conformance.engine.choices import Choices
from conformance.engine.session import collect

from .order import Order
from .output import write, write_json, write_table
from .prepare import prepare


def command(order: Order, choices: Choices, as_json: bool) -> int:
    """Show what would run, without any traffic."""
    prepared = prepare(order)
    made = prepared.plan(collect(prepared.suites), choices)
    document = made.to_json({"name": prepared.order.testbed})
    if as_json:
        write_json(document)
        return 0
    write(f"{document['product']} against {made.profile.id}: {len(made.cases)} cases, seed {made.seed}")
    write_table([(spec.id, ", ".join(made.bound[spec.id])) for spec in made.cases])
    if made.left_out:
        write(f"{len(made.left_out)} requirements without a case in this plan:")
    write_table([(line["requirement"], line["verdict"], line["reason"]) for line in made.left_out])
    return 0
