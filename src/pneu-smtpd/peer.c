#include <skalibs/nonposix.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>

#include "pneu-smtpd/smtpd.h"

static const unsigned char map[12] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255
};

static int
fmt(char out[SMTPD_PEER_OCTETS], int af, const unsigned char *ip)
{
	if (af == AF_INET6 && !memcmp(ip, map, sizeof map)) {
		af = AF_INET;
		ip += sizeof map;
	}
	return inet_ntop(af, ip, out, SMTPD_PEER_OCTETS) != 0;
}

int
peer_scan(char out[SMTPD_PEER_OCTETS], const char *s)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char ip[16];
	size_t n = strcspn(s, " ");

	if (n >= sizeof text)
		return 0;
	memcpy(text, s, n);
	text[n] = 0;
	if (inet_pton(AF_INET, text, ip) == 1)
		return fmt(out, AF_INET, ip);
	return inet_pton(AF_INET6, text, ip) == 1 && fmt(out, AF_INET6, ip);
}

void
peer_find(char out[SMTPD_PEER_OCTETS])
{
	const char *env = getenv("TCPREMOTEIP");
	struct sockaddr_storage a;
	socklen_t n = sizeof a;
	unsigned char ip[16];

	strcpy(out, "unknown");
	if (env) {
		if (!peer_scan(out, env))
			strcpy(out, "unknown");
		return;
	}
	if (getpeername(0, (struct sockaddr *)&a, &n) < 0)
		return;
	if (a.ss_family == AF_INET) {
		memcpy(ip, &((struct sockaddr_in *)&a)->sin_addr, 4);
		fmt(out, AF_INET, ip);
	} else if (a.ss_family == AF_INET6) {
		memcpy(ip, &((struct sockaddr_in6 *)&a)->sin6_addr, 16);
		fmt(out, AF_INET6, ip);
	}
}
