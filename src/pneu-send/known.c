#include "pneu-send/send.h"

/* The site that letters of a name's hash go to, as far as we have seen: so a
 * letter of a site that has no room is left where it lies, unread. A table of
 * fixed size in which a newer entry replaces an older one: what is not known
 * is just read. */

void
scan_learn(struct send *g, uint32_t hash, uint32_t site)
{
	size_t at = (hash ^ hash >> 16) % HASHES;

	if (!hash)
		return;
	g->hashes[at].hash = hash;
	g->hashes[at].site = site;
	g->hashes[at].serial = site == NONE ? 0 : g->s.sites[site].serial;
}

uint32_t
scan_known(const struct send *g, uint32_t hash)
{
	size_t at = (hash ^ hash >> 16) % HASHES;
	uint32_t site = g->hashes[at].site;

	if (!hash || g->hashes[at].hash != hash || site == NONE ||
	    !g->s.sites[site].key ||
	    g->s.sites[site].serial != g->hashes[at].serial)
		return NONE;
	return site;
}
