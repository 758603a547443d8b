"""PINGREQ and PINGRESP (3.12, 3.13)."""

from conformance.engine import check

from .bind import both
from .provide import Client
from .wire import Pingreq, Pingresp, Publish

TOGETHER = 3


@both("MQTT-3.12.4-1")
async def test_each_pingreq_is_answered(client: Client) -> None:
    """Every PINGREQ gets a PINGRESP, those too that come together."""
    await client.send(*[Pingreq()] * TOGETHER)
    for i in range(TOGETHER):
        pingresp = await client.expect(
            Pingresp, passing=Publish, why=f"{TOGETHER} PINGREQ packets got no more than {i} PINGRESP"
        )
        check(not pingresp.extra, "PINGRESP has more octets than its fixed header", got=pingresp.extra)
