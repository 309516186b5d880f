/* This host's addresses: those that getifaddrs(3) names, and no others. */

#include <skalibs/nonposix.h>

#include "run/own.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <skalibs/fmtscan.h>

#include "tap.h"

#define IP4(a, b, c, d) { .ip = { a, b, c, d } }

/* As libc says: 1 and ip, or 0 if a is of another family. */
static int
ip_of(ip46 *ip, const struct sockaddr *a)
{
	const void *p = a;

	memset(ip, 0, sizeof *ip);
	if (a && a->sa_family == AF_INET)
		ip46_from_ip4(ip, (const char *)
		    &((const struct sockaddr_in *)p)->sin_addr);
	else if (a && a->sa_family == AF_INET6)
		ip46_from_ip6(ip, (const char *)
		    &((const struct sockaddr_in6 *)p)->sin6_addr);
	else
		return 0;
	return 1;
}

static int
listed(const genalloc *ips, const ip46 *ip)
{
	size_t i, len = ip46_is6(ip) ? 16 : 4;

	for (i = 0; i < genalloc_len(ip46, ips); i++) {
		const ip46 *a = genalloc_s(ip46, ips) + i;

		if (ip46_is6(a) == ip46_is6(ip) && !memcmp(a->ip, ip->ip, len))
			return 1;
	}
	return 0;
}

static void
compare(const genalloc *ips)
{
	struct ifaddrs *all, *a;
	char fmt[IP46_FMT];
	size_t n = 0;
	ip46 ip;

	if (getifaddrs(&all) < 0) {
		ok(0, "getifaddrs");
		return;
	}
	for (a = all; a; a = a->ifa_next) {
		if (!ip_of(&ip, a->ifa_addr))
			continue;
		n++;
		fmt[ip46_fmt(fmt, &ip)] = 0;
		ok(listed(ips, &ip), "%s of %s", fmt, a->ifa_name);
		ok(own_has(ips, &ip), "is ours");
	}
	freeifaddrs(all);
	ok(n == genalloc_len(ip46, ips), "no others: %zu of %zu",
	    genalloc_len(ip46, ips), n);
}

int
main(void)
{
	static const ip46 loop = IP4(127, 8, 7, 6), any = IP4(0, 0, 0, 0),
	    test = IP4(192, 0, 2, 1);
	genalloc ips = GENALLOC_ZERO;

	ok(own_has(&ips, &loop), "127.8.7.6 is ours without asking");
	ok(own_has(&ips, &any), "0.0.0.0, too");
	ok(!own_has(&ips, &test), "192.0.2.1 is not");
	ok(own_read(&ips) == 1, "asked");
	ok(!own_has(&ips, &test), "192.0.2.1 is not");
	compare(&ips);
	genalloc_free(ip46, &ips);
	return tap_end();
}
