"""Redirects that a router of the tester's sends (RFC 4861, 4.5 and 8)."""

from ipaddress import IPv6Address
from typing import Any

from .router import Router
from .wire import Frame, NdOption, Redirect


def redirect(router: Router, target: IPv6Address, destination: IPv6Address, *options: NdOption, **fields: Any) -> Frame:
    """A Redirect to the host, from the link-local address of a router. `fields` are of the message."""
    message = Redirect(target=target, destination=destination, options=options, **fields)
    return router.frame(message, to=router.product.address, source=router.link_local, hop_limit=255)
