"""Which addresses a request may go to. A name is resolved once, every address of it is judged, and one of those is used."""

import ipaddress
import socket
from collections.abc import Callable, Sequence

from caseflow.settings.webhooks import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]

NEVER = tuple(
    map(
        ipaddress.ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48"),
    )
)
"""Protocol assignments, and tunnels (6to4, Teredo, NAT64) that carry an IPv4 address the checks would not see."""
PUBLIC_6 = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given out for public use; the standard library's own list differs from one Python to the next."""


class Refused(Exception):
    """This name leads to an address we do not post to; the words say which, and how to allow it."""


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name, as the system's resolver says. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def checked(host: str, port: int, networks: Sequence[Network], resolver: Resolver = resolve) -> list[str]:
    """The addresses of a name, all of them allowed. Raises Refused when one is not, OSError when there are none."""
    found = resolver(host, port)
    if not found:
        raise OSError(f"{host} has no address")
    for text in found:
        if reason := fault(text, networks):
            raise Refused(
                f"{host} is at {text}, {reason}: if that is meant, list its network under allow.networks in the webhooks file"
            )
    return list(found)


def fault(text: str, networks: Sequence[Network]) -> str:
    """Why this address may not be posted to; empty when it may. A public one may, any other only in `networks`."""
    try:
        address: Address = ipaddress.ip_address(text)
    except ValueError:
        return "which is no address"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address.version == network.version and address in network for network in networks):
        return ""
    if any(address.version == network.version and address in network for network in NEVER):
        return "which may lead anywhere (a tunnel or a special purpose)"
    if address.is_multicast or not address.is_global or (address.version == 6 and address not in PUBLIC_6):
        return "which is not a public address"
    return ""
