/* The options of lwIP where it is built from its source: an IPv6 host with room for the neighbours of a test run. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define NO_SYS 0
#define LWIP_SOCKET 0
#define LWIP_NETCONN 0
#define LWIP_STATS 0
#define LWIP_DONT_PROVIDE_BYTEORDER_FUNCTIONS /* main.c has those of the system */
#define LWIP_TCPIP_CORE_LOCKING 1
#define LWIP_TCPIP_CORE_LOCKING_INPUT 1 /* its mailbox holds 128 frames, and drops what comes on top */

#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1
#define MEM_ALIGNMENT 8

#define LWIP_IPV4 0
#define LWIP_IPV6 1
#define LWIP_SINGLE_NETIF 1
#define LWIP_IPV6_SCOPES 1
#define LWIP_RAW 1
#define LWIP_IPV6_NUM_ADDRESSES 8
#define LWIP_MULTICAST_PING 1
#define LWIP_IPV6_MLD 1
#define MEMP_NUM_MLD6_GROUP 64
#define IPV6_FRAG_COPYHEADER 1 /* needed where pointers have more than 4 octets */
#define MEMP_NUM_REASSDATA 64
#define IP_REASS_MAX_PBUFS 512
#define MEMP_NUM_ND6_QUEUE 512
#define LWIP_ND6_NUM_NEIGHBORS 127
#define LWIP_ND6_NUM_DESTINATIONS 127
#define LWIP_ND6_NUM_PREFIXES 16
#define LWIP_ND6_NUM_ROUTERS 8

#define TCP_MSS 1440
#define TCP_SND_BUF (8 * TCP_MSS)
#define TCP_WND (8 * TCP_MSS)

#endif
