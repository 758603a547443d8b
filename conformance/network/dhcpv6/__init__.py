"""DHCPv6, RFC 8415 and RFC 9915 (IETF): codec."""
