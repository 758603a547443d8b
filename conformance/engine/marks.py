"""The marks a case carries: what it judges, what it needs, what it does to the product."""

import pytest


def requirement(*refs: str) -> pytest.MarkDecorator:
    """The requirements that a case judges, each as "standard/role:id" such as "mqtt-5.0/server:MQTT-3.1.0-2".

    A case that names several standards runs once for each of them. An unknown one stops the run before any traffic.
    """
    return pytest.mark.requirement(*refs)


def uses(resource: str, *, exclusive: bool = False) -> pytest.MarkDecorator:
    """What a case shares with others or needs for itself; granted all at once, first come first served."""
    return pytest.mark.uses(resource, exclusive=exclusive)


def lasts(seconds: float) -> pytest.MarkDecorator:
    """The wait in seconds that the standard itself imposes on a case: it starts early, and its deadline grows."""
    return pytest.mark.lasts(seconds)


negative = pytest.mark.negative
"""The case sends something wrong: afterwards a fresh session shows whether the product lives."""

disruptive = pytest.mark.disruptive
"""The case resets, floods or restarts the product: needs --allow-disruptive and runs last, alone."""

MARKS = (
    "requirement(*refs): the requirements a case judges",
    "uses(resource, exclusive=False): what a case shares or needs alone",
    "lasts(seconds): the wait that the standard imposes",
    "negative: sends something wrong; the product must live on",
    "disruptive: resets, floods or restarts the product",
)
