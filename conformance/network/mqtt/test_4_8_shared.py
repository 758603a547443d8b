"""Shared subscriptions (5.0, 4.8.2): their filters, and how a message is handed to one member of a group."""

import pytest

from conformance.engine import Unready, check, negative

from .bind import v5
from .grants import expect_no_grant
from .provide import Client, Mqtt
from .wire import Packet, Puback, Publish, Pubrec, Pubrel, Subscription, describe

ROUNDS = 12
"""How many messages are published to reach every member of a group, before it is given up."""
KEPT_S = 300
REFUSED = 0x80


@v5("MQTT-4.8.2-1")
@negative
@pytest.mark.parametrize("rest", ["/{topic}", "/#"])
async def test_empty_share_name_is_not_granted(mqtt: Mqtt, client: Client, rest: str) -> None:
    """A ShareName has at least one character."""
    await expect_no_grant(client, "$share/" + rest.format(topic=mqtt.topic()))


@v5("MQTT-4.8.2-2")
@negative
@pytest.mark.parametrize("name", ["a+", "+", "a#", "#"])
async def test_wildcard_in_a_share_name_is_not_granted(mqtt: Mqtt, client: Client, name: str) -> None:
    """There are no wildcards in a ShareName."""
    await expect_no_grant(client, f"$share/{name}/{mqtt.topic()}")


@v5("MQTT-4.8.2-2")
@negative
async def test_share_name_without_a_filter_is_not_granted(mqtt: Mqtt, client: Client) -> None:
    """Behind the ShareName and its "/" there is a Topic Filter."""
    await expect_no_grant(client, f"$share/{mqtt.case.unique()}/")


class Group:
    """Members of one share, who take what comes to them."""

    def __init__(self, mqtt: Mqtt, topic: str, members: list[Client], publisher: Client) -> None:
        self.mqtt = mqtt
        self.topic = topic
        self.members = members
        self.publisher = publisher

    @classmethod
    async def of(cls, mqtt: Mqtt, *granted: int, session_expiry: int | None = None) -> "Group":
        """A group whose members have subscribed with these QoS."""
        topic, share = mqtt.topic(), mqtt.case.unique("share")
        members = []
        for i, qos in enumerate(granted):
            member = await mqtt.connect(f"member {i + 1}", session_expiry=session_expiry)
            await member.subscribe(Subscription(topic_filter=f"$share/{share}/{topic}", qos=qos))
            members.append(member)
        return cls(mqtt, topic, members, await mqtt.connect("publisher"))

    async def publish(self, payload: bytes, *, qos: int) -> None:
        await self.publisher.publish(self.topic, payload, qos=qos)

    async def first(self, *, qos: int) -> tuple[Client, Publish]:
        """Publish one message: the member that it comes to, and the PUBLISH, not acknowledged yet."""
        await self.publish(b"message", qos=qos)
        for _ in range(3):
            for member in self.members:
                publish = await member.next(within_s=0.3)
                if isinstance(publish, Publish):
                    return member, publish
        raise Unready("a message came to no member of the group")

    def others(self, member: Client) -> list[Client]:
        return [other for other in self.members if other is not member]

    async def seen(self, member: Client, *, qos: int) -> set[bytes]:
        """What this member was given by the time that it is given a message published now."""
        payloads: set[bytes] = set()
        for i in range(ROUNDS):
            await self.publish(b"end %d" % i, qos=qos)
            for each in self.members:
                if not each.channel.closed:
                    await each.ping_behind()
                    came = each.channel.arrived(Publish)
                    for publish in came:
                        await each.acknowledge(publish)
                    payloads |= {publish.payload for publish in came} if each is member else set()
            if any(payload.startswith(b"end") for payload in payloads):
                return payloads
        raise Unready(f"none of {ROUNDS} messages came to the other member of the group")


@v5("MQTT-4.8.2-3")
async def test_shared_delivery_keeps_within_the_granted_qos(mqtt: Mqtt) -> None:
    """A message of a shared subscription is sent at no higher QoS than was granted to its receiver."""
    granted = (0, 1, 2)
    group = await Group.of(mqtt, *granted)
    for i in range(ROUNDS):
        await group.publish(b"%d" % i, qos=2)
    for member, limit in zip(group.members, granted, strict=True):
        await member.ping_behind()
        for publish in member.channel.arrived(Publish):
            check(
                publish.qos <= limit,
                "a message of a shared subscription came at a higher QoS than was granted",
                expected=f"at most QoS {limit}",
                got=describe(publish),
            )


@v5("MQTT-4.8.2-4")
@pytest.mark.parametrize("released", [False, True], ids=["before PUBREC", "before PUBCOMP"])
async def test_broken_delivery_is_completed_to_the_same_client(mqtt: Mqtt, released: bool) -> None:
    """A QoS 2 delivery that a lost connection broke off goes on when the same client returns."""
    group = await Group.of(mqtt, 2, 2, session_expiry=KEPT_S)
    member, publish = await _begun(group)
    if released:
        await member.send(Pubrec(packet_identifier=publish.packet_identifier or 0))
        await member.ready(Pubrel)
    member.abort()
    back = await mqtt.connect("back", client_id=member.client_id, session_expiry=KEPT_S)
    if not back.connack.session_present:
        raise Unready("the session was not kept")
    await back.expect(
        Pubrel if released else Publish,
        passing=Packet,
        why="a QoS 2 delivery of a shared subscription was not completed to its client",
    )
    for client in (back, *group.others(member)):
        await client.send(mqtt.clean())


async def _begun(group: Group) -> tuple[Client, Publish]:
    """A QoS 2 delivery under way: its member, and the PUBLISH."""
    member, publish = await group.first(qos=2)
    if publish.qos < 2:
        group.mqtt.case.not_applicable("the server grants no QoS 2", "服务端不授予 QoS 2")
    return member, publish


@v5("MQTT-4.8.2-5")
async def test_delivery_ends_with_the_session_of_its_client(mqtt: Mqtt) -> None:
    """When the session ends in which a QoS 2 delivery had begun, no other member of the group gets the message."""
    group = await Group.of(mqtt, 2, 2, session_expiry=KEPT_S)
    member, _ = await _begun(group)
    await member.send(mqtt.clean())
    await member.gone()
    other = group.others(member)[0]
    payloads = await group.seen(other, qos=2)
    await other.send(mqtt.clean())
    check(b"message" not in payloads, "a message came to another member when the session of its client had ended")


@v5("MQTT-4.8.2-6")
@pytest.mark.parametrize("qos", [1, 2])
async def test_refused_message_goes_to_no_other_member(mqtt: Mqtt, qos: int) -> None:
    """A message that its client refuses with PUBACK or PUBREC 0x80 or above is discarded."""
    group = await Group.of(mqtt, qos, qos)
    member, publish = await group.first(qos=qos)
    if publish.qos < qos:
        mqtt.case.not_applicable(f"the server grants no QoS {qos}", f"服务端不授予 QoS {qos}")
    kind = Puback if qos == 1 else Pubrec
    await member.send(kind(packet_identifier=publish.packet_identifier or 0, reason_code=REFUSED))
    payloads = await group.seen(group.others(member)[0], qos=qos)
    check(b"message" not in payloads, "a message that one member had refused was given to another")
