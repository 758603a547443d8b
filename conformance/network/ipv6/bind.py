"""Binding cases to requirements: to those of a host, of a router, or of both."""

import pytest

from conformance.engine import requirement

CATALOGUES = {
    "rfc8200": ("rfc8200", "rfc5095", "rfc5722", "rfc6085", "rfc6437", "rfc6946", "rfc7112", "rfc9673"),
    "rfc4443": ("rfc4443",),
    "rfc8201": ("rfc8201", "rfc8021"),
    "rfc4291": ("rfc4291",),
    "rfc6724": ("rfc6724",),
    "rfc4861": (
        *("rfc4861", "rfc4191", "rfc4311", "rfc5942", "rfc6980"),
        *("rfc7048", "rfc7559", "rfc8106", "rfc8425", "rfc9131"),
    ),
    "rfc4862": ("rfc4862", "rfc4429", "rfc7217", "rfc7527", "rfc8981"),
    "rfc3810": ("rfc3810", "rfc9777"),
}
"""Catalogue to the documents whose statements stand in it."""
HOME = {document: catalogue for catalogue, documents in CATALOGUES.items() for document in documents}


def _refs(role: str, ids: tuple[str, ...]) -> list[str]:
    return [f"{HOME[id_.partition(':')[0]]}/{role}:{id_}" for id_ in ids]


def both(*ids: str) -> pytest.MarkDecorator:
    """A case for hosts and for routers."""
    return requirement(*_refs("host", ids), *_refs("router", ids))


def host(*ids: str) -> pytest.MarkDecorator:
    """A case for hosts alone."""
    return requirement(*_refs("host", ids))


def router(*ids: str) -> pytest.MarkDecorator:
    """A case for routers alone."""
    return requirement(*_refs("router", ids))
