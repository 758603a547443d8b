"""Keep Alive (3.1.2.10) and Server Keep Alive (3.2.2.3.14): a client that falls silent is cut off."""

from conformance.engine import Closed, check, lasts

from .bind import both, v5
from .provide import Client, Mqtt
from .wire import Malformed, Packet
from .wire.properties import PropertyId

TOLERANCE_S = 12.0
"""How late a server may be, whose clock for this may be a coarse one."""
LONGEST_S = 20
"""The longest Server Keep Alive in seconds that is waited for."""


async def cut_off(mqtt: Mqtt, client: Client, keep_alive: int) -> None:
    """The server ends the connection of a silent client. That it may do so earlier, too, is noted."""
    limit_s = keep_alive * 1.5
    began_s = client.channel.sent_at_s
    event = await client.next(passing=(Packet, Malformed), within_s=limit_s + TOLERANCE_S)
    waited_s = client.channel.arrived_at_s - began_s
    check(
        isinstance(event, Closed),
        f"the connection was still open {limit_s + TOLERANCE_S:g} s after the last packet",
        expected=f"closed {limit_s:g} s after the last packet, Keep Alive being {keep_alive} s",
        timing=(limit_s + TOLERANCE_S) / 4,
    )
    if waited_s < limit_s - 0.1:
        mqtt.case.note(f"closed {waited_s:.2f} s after the last packet, earlier than Keep Alive asks for")


@both("MQTT-3.1.2-24", "MQTT-3.1.2-22")
@lasts(3.0)
async def test_keep_alive_ends_a_silent_connection(mqtt: Mqtt) -> None:
    """A client silent for one and a half times its Keep Alive is disconnected."""
    client = await mqtt.connect(keep_alive=2)
    if PropertyId.SERVER_KEEP_ALIVE in client.connack.properties:
        mqtt.case.not_applicable(
            "the server put its own Keep Alive in place of the client's", "服务端以自己的保持连接时间取代了客户端的"
        )
    await cut_off(mqtt, client, 2)


@v5("MQTT-3.1.2-22")
@lasts(6.0)
async def test_server_keep_alive_ends_a_silent_connection(mqtt: Mqtt) -> None:
    """A server that announces a Keep Alive of its own goes by it."""
    client = await mqtt.connect(keep_alive=65535)
    keep_alive = client.connack.properties.get(PropertyId.SERVER_KEEP_ALIVE)
    if not keep_alive:
        mqtt.case.not_applicable("the server left the Keep Alive to the client", "服务端沿用客户端的保持连接时间")
    if keep_alive > LONGEST_S:
        mqtt.case.not_applicable(
            f"the server's own Keep Alive, {keep_alive} s, is too long to wait for",
            f"服务端自定的保持连接时间为 {keep_alive} s，过长而无法等待",
        )
    await cut_off(mqtt, client, keep_alive)


@v5("MQTT-3.2.2-22")
@lasts(4.5)
async def test_the_clients_keep_alive_counts_without_server_keep_alive(mqtt: Mqtt) -> None:
    """When CONNACK has no Server Keep Alive the server goes by the value of CONNECT."""
    client = await mqtt.connect(keep_alive=3)
    if PropertyId.SERVER_KEEP_ALIVE in client.connack.properties:
        mqtt.case.not_applicable("the server announced a Server Keep Alive", "服务端通告了服务端保持连接时间")
    await cut_off(mqtt, client, 3)
