"""IPv6 hosts and routers: RFC 8200, 4443, 8201, 4291, 6724, 4861, 4862, 3810 and what updates them."""
