"""The addresses of access data: what can be reached, and what is said of the rest."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.engine import Address, Case
from conformance.engine.testbed import TestbedError, Tls
from conformance.network.mqtt.reach import Reach


def reach(**ixit: Any) -> Reach:
    return Reach(cast(Case, SimpleNamespace(ixit={"mqtt": ixit})))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mqtt://192.0.2.1", Address("192.0.2.1", 1883)),
        ("mqtt://192.0.2.1:18830", Address("192.0.2.1", 18830)),
        ("mqtts://broker.example", Address("broker.example", 8883, Tls())),
        ("ws://broker.example/mqtt?token=1", Address("broker.example", 80)),
        ("wss://[2001:db8::1]:8084/mqtt", Address("2001:db8::1", 8084, Tls())),
    ],
)
def test_addresses_by_scheme(url: str, expected: Address) -> None:
    assert reach().address(url) == expected


def test_tls_takes_the_files_of_the_access_data() -> None:
    address = reach(tls_ca="ca.pem", tls_certificate="client.pem", tls_key="client.key").address("mqtts://192.0.2.1")
    assert address.tls == Tls("ca.pem", "client.pem", "client.key")


@pytest.mark.parametrize(
    "url", ["", "192.0.2.1:1883", "http://192.0.2.1", "mqtt://", "mqtt://192.0.2.1:port", "mqtt://["]
)
def test_an_address_that_cannot_be_read_says_how_to_write_it(url: str) -> None:
    with pytest.raises(TestbedError, match=r"mqtt://192\.0\.2\.1:1883"):
        reach().address(url)


def test_tls_files_that_are_not_there_are_named() -> None:
    with pytest.raises(TestbedError, match=r"nowhere\.pem"):
        Tls(ca="nowhere.pem").context()
