#include <skalibs/nonposix.h>

#include "run/own.h"

#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

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

int
own_read(genalloc *ips)
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
