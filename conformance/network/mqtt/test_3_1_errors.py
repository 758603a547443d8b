"""Protocol Errors in the properties of CONNECT (3.1.2.11) and of a will (3.1.3.2), which 5.0 does not number."""

import pytest

from conformance.engine import negative

from .bind import v5
from .provide import Mqtt
from .wire import Properties, Will, properties

METHOD = "x-unknown-method"
OF_CONNECT = {
    "DUP-SESSION-EXPIRY": properties(session_expiry_interval=[60, 60]),
    "DUP-RECEIVE-MAXIMUM": properties(receive_maximum=[10, 10]),
    "ZERO-RECEIVE-MAXIMUM": properties(receive_maximum=0),
    "DUP-MAXIMUM-PACKET-SIZE": properties(maximum_packet_size=[1000, 1000]),
    "ZERO-MAXIMUM-PACKET-SIZE": properties(maximum_packet_size=0),
    "DUP-TOPIC-ALIAS-MAXIMUM": properties(topic_alias_maximum=[10, 10]),
    "DUP-REQUEST-RESPONSE": properties(request_response_information=[0, 0]),
    "BAD-REQUEST-RESPONSE": properties(request_response_information=2),
    "DUP-REQUEST-PROBLEM": properties(request_problem_information=[1, 1]),
    "BAD-REQUEST-PROBLEM": properties(request_problem_information=2),
    "DUP-AUTH-METHOD": properties(authentication_method=[METHOD, METHOD]),
    "AUTH-DATA-ALONE": properties(authentication_data=b"data"),
    "DUP-AUTH-DATA": properties(authentication_method=METHOD, authentication_data=[b"data", b"data"]),
}
OF_WILL = {
    "DUP-DELAY": properties(will_delay_interval=[0, 0]),
    "DUP-PAYLOAD-FORMAT": properties(payload_format_indicator=[0, 0]),
    "DUP-MESSAGE-EXPIRY": properties(message_expiry_interval=[60, 60]),
    "DUP-CONTENT-TYPE": properties(content_type=["text/plain", "text/plain"]),
    "DUP-RESPONSE-TOPIC": properties(response_topic=["iic/response", "iic/response"]),
    "DUP-CORRELATION-DATA": properties(correlation_data=[b"data", b"data"]),
}


@negative
@pytest.mark.parametrize(
    "given", [pytest.param(p, id=name.lower(), marks=v5(f"MQTT5-PE-CONNECT-{name}")) for name, p in OF_CONNECT.items()]
)
async def test_protocol_error_in_connect_is_refused(mqtt: Mqtt, given: Properties) -> None:
    """A property given twice, or with a value that it cannot have, ends the connection, perhaps after CONNACK 0x82."""
    await mqtt.refused(mqtt.hello(properties=given), 0x82)


@negative
@pytest.mark.parametrize(
    "given", [pytest.param(p, id=name.lower(), marks=v5(f"MQTT5-PE-WILL-{name}")) for name, p in OF_WILL.items()]
)
async def test_protocol_error_in_will_is_refused(mqtt: Mqtt, given: Properties) -> None:
    """A property of the will that is given twice ends the connection, perhaps after CONNACK 0x82."""
    await mqtt.refused(mqtt.hello(will=Will(topic=mqtt.topic(), properties=given)), 0x82)
