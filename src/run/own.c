#include <skalibs/nonposix.h>

#include "run/own.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int
take(genalloc *ips, const struct sockaddr *a)
{
	const void *p = a;
	ip46 ip;

	memset(&ip, 0, sizeof ip);
	if (a->sa_family == AF_INET)
		ip46_from_ip4(&ip, (const char *)
		    &((const struct sockaddr_in *)p)->sin_addr);
	else if (a->sa_family == AF_INET6)
		ip46_from_ip6(&ip, (const char *)
		    &((const struct sockaddr_in6 *)p)->sin6_addr);
	else
		return 1;
	return genalloc_append(ip46, ips, &ip) ? 1 : -1;
}

static int
by_libc(genalloc *ips)
{
	struct ifaddrs *all, *a;
	int r = 1;

	if (getifaddrs(&all) < 0)
		return -1;
	for (a = all; a && r > 0; a = a->ifa_next)
		if (a->ifa_addr)
			r = take(ips, a->ifa_addr);
	freeifaddrs(all);
	return r;
}

#ifdef __linux__

/* getifaddrs(3) waits for its answer for ever under qemu-user, whose netlink
 * has the byte order of the host. So Linux is asked by its older ways, if
 * there is a /proc, where IPv6 has its addresses. */

#define PROC "/proc/net/dev"
#define PROC_IP6 "/proc/net/if_inet6"
#define ADDRESSES 1024		/* of IPv4, that are asked for */

static int
ioctl_ip4(genalloc *ips, struct ifreq *all)
{
	struct ifconf c;
	int fd, r, i;

	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0)
		return errno == EAFNOSUPPORT ? 1 : -1;
	c.ifc_len = ADDRESSES * (int)sizeof *all;
	c.ifc_req = all;
	r = ioctl(fd, SIOCGIFCONF, &c);
	for (i = 0; r >= 0 && i < c.ifc_len / (int)sizeof *all; i++)
		r = take(ips, &all[i].ifr_addr);
	close(fd);
	return r < 0 ? -1 : 1;
}

static int
proc_ip4(genalloc *ips)
{
	struct ifreq *all = malloc(ADDRESSES * sizeof *all);
	int r;

	if (!all)
		return -1;
	r = ioctl_ip4(ips, all);
	free(all);
	return r;
}

/* Each line begins with 32 hexadecimal digits; no file, no IPv6. */
static int
proc_ip6(genalloc *ips)
{
	FILE *f = fopen(PROC_IP6, "re");
	struct sockaddr_in6 a;
	unsigned int i, octet;
	char line[128];
	int r = 1;

	if (!f)
		return errno == ENOENT ? 1 : -1;
	memset(&a, 0, sizeof a);
	a.sin6_family = AF_INET6;
	while (r > 0 && fgets(line, sizeof line, f)) {
		for (i = 0; i < 16 &&
		    sscanf(line + 2 * i, "%2x", &octet) == 1; i++)
			a.sin6_addr.s6_addr[i] = (unsigned char)octet;
		if (i == 16)
			r = take(ips, (const struct sockaddr *)(void *)&a);
	}
	fclose(f);
	return r;
}

#endif

int
own_read(genalloc *ips)
{
#ifdef __linux__
	if (access(PROC, R_OK) == 0)
		return proc_ip4(ips) < 0 || proc_ip6(ips) < 0 ? -1 : 1;
#endif
	return by_libc(ips);
}

int
own_has(const genalloc *ips, const ip46 *ip)
{
	const ip46 *a = genalloc_s(ip46, ips);
	size_t i, n = genalloc_len(ip46, ips), len = ip46_is6(ip) ? 16 : 4;

	if (!ip46_is6(ip) && (ip->ip[0] == 127 || !memcmp(ip->ip, IP4_ANY, 4)))
		return 1;
	for (i = 0; i < n; i++)
		if (ip46_is6(a + i) == ip46_is6(ip) &&
		    !memcmp(a[i].ip, ip->ip, len))
			return 1;
	return 0;
}
