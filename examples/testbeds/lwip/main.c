/* An IPv6 host of lwIP on a TAP interface: lwip-host INTERFACE CONTROL_PORT
 *
 * It answers on UDP and TCP port 7 (RFC 862). On 127.0.0.1, CONTROL_PORT, it takes datagrams of one line, one word of
 * what to do and an address: ping, join, leave.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/socket.h>
#include <arpa/inet.h>

#include "lwip/icmp6.h"
#include "lwip/inet_chksum.h"
#include "lwip/init.h"
#include "lwip/ip6.h"
#include "lwip/mld6.h"
#include "lwip/netif.h"
#include "lwip/prot/icmp6.h"
#include "lwip/raw.h"
#include "lwip/tcp.h"
#include "lwip/tcpip.h"
#include "lwip/udp.h"
#include "netif/tapif.h"

#define ECHO_PORT 7

static struct netif interface;
static struct raw_pcb *pings;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void echo_udp(void *arg, struct udp_pcb *pcb, struct pbuf *data, const ip_addr_t *from, u16_t port)
{
    (void)arg;
    udp_sendto(pcb, data, from, port);
    pbuf_free(data);
}

static err_t echo_tcp(void *arg, struct tcp_pcb *pcb, struct pbuf *data, err_t err)
{
    struct pbuf *each;
    (void)arg;
    (void)err;
    if (data == NULL)
        return tcp_close(pcb);
    for (each = data; each != NULL; each = each->next)
        tcp_write(pcb, each->payload, each->len, TCP_WRITE_FLAG_COPY);
    tcp_recved(pcb, data->tot_len);
    pbuf_free(data);
    return tcp_output(pcb);
}

static err_t accepted(void *arg, struct tcp_pcb *pcb, err_t err)
{
    (void)arg;
    if (pcb == NULL)
        return err;
    tcp_recv(pcb, echo_tcp);
    return ERR_OK;
}

static void ping(const ip6_addr_t *to)
{
    static u16_t sequence;
    struct icmp6_echo_hdr header;
    struct pbuf *packet = pbuf_alloc(PBUF_IP, sizeof header, PBUF_RAM);
    ip_addr_t destination;
    if (packet == NULL)
        return;
    memset(&header, 0, sizeof header);
    header.type = ICMP6_TYPE_EREQ;
    header.id = lwip_htons(0x11c);
    header.seqno = lwip_htons(++sequence);
    pbuf_take(packet, &header, sizeof header);
    ip_addr_copy_from_ip6(destination, *to);
    raw_sendto(pings, packet, &destination); /* the stack fills in the checksum */
    pbuf_free(packet);
}

static void act(const char *word, const char *address)
{
    ip6_addr_t to;
    if (!ip6addr_aton(address, &to))
        return;
    ip6_addr_assign_zone(&to, IP6_UNKNOWN, &interface);
    LOCK_TCPIP_CORE();
    if (!strcmp(word, "ping"))
        ping(&to);
    else if (!strcmp(word, "join"))
        mld6_joingroup_netif(&interface, &to);
    else if (!strcmp(word, "leave"))
        mld6_leavegroup_netif(&interface, &to);
    UNLOCK_TCPIP_CORE();
}

static int control(int port)
{
    struct sockaddr_in here;
    int taken = socket(AF_INET, SOCK_DGRAM, 0);
    memset(&here, 0, sizeof here);
    here.sin_family = AF_INET;
    here.sin_port = htons((uint16_t)port);
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (taken < 0 || bind(taken, (struct sockaddr *)&here, sizeof here) < 0)
        fail("control port");
    return taken;
}

static void serve(void)
{
    struct udp_pcb *udp = udp_new_ip_type(IPADDR_TYPE_V6);
    struct tcp_pcb *tcp = tcp_new_ip_type(IPADDR_TYPE_V6);
    udp_bind(udp, IP6_ADDR_ANY, ECHO_PORT);
    udp_recv(udp, echo_udp, NULL);
    tcp_bind(tcp, IP6_ADDR_ANY, ECHO_PORT);
    tcp_accept(tcp_listen(tcp), accepted);
    pings = raw_new_ip_type(IPADDR_TYPE_V6, IP6_NEXTH_ICMP6);
    pings->chksum_reqd = 1;
    pings->chksum_offset = 2;
}

static void up(struct netif *here)
{
    if (netif_add_noaddr(here, NULL, tapif_init, tcpip_input) == NULL)
        fail("interface");
    here->flags |= NETIF_FLAG_MLD6;
    netif_create_ip6_linklocal_address(here, 1);
    netif_set_ip6_autoconfig_enabled(here, 1);
    netif_set_default(here);
    netif_set_link_up(here);
    netif_set_up(here);
}

int main(int count, char **given)
{
    char line[128], word[16], address[64];
    ssize_t size;
    int taken;
    if (count != 3) {
        fprintf(stderr, "usage: lwip-host INTERFACE CONTROL_PORT\n");
        return 2;
    }
    setenv("PRECONFIGURED_TAPIF", given[1], 1);
    srand((unsigned)time(NULL) ^ (unsigned)getpid());
    taken = control(atoi(given[2]));
    tcpip_init(NULL, NULL);
    LOCK_TCPIP_CORE();
    serve();
    up(&interface);
    UNLOCK_TCPIP_CORE();
    printf("lwIP %s is up\n", LWIP_VERSION_STRING);
    fflush(stdout);
    while ((size = recv(taken, line, sizeof line - 1, 0)) >= 0) {
        line[size] = 0;
        if (sscanf(line, "%15s %63s", word, address) == 2)
            act(word, address);
    }
    return 0;
}
