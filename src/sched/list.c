#include "sched/sched-internal.h"

void
list_del(struct sched *s, int link, uint32_t site)
{
	struct site *x = s->sites + site;
	uint32_t *head;

	if (x->list[link] == LIST_NONE)
		return;
	head = &s->head[link][x->list[link]];
	s->sites[x->prev[link]].next[link] = x->next[link];
	s->sites[x->next[link]].prev[link] = x->prev[link];
	if (*head == site)
		*head = x->next[link] == site ? SCHED_NONE : x->next[link];
	x->list[link] = LIST_NONE;
}

/* To the end of the list, which is a ring; where it is on it, it stays. */
void
list_move(struct sched *s, int link, int list, uint32_t site)
{
	struct site *x = s->sites + site, *h;
	uint32_t *head = &s->head[link][list];

	if (x->list[link] == list)
		return;
	list_del(s, link, site);
	x->list[link] = (uint8_t)list;
	if (*head == SCHED_NONE) {
		*head = x->prev[link] = x->next[link] = site;
		return;
	}
	h = s->sites + *head;
	x->next[link] = *head;
	x->prev[link] = h->prev[link];
	s->sites[h->prev[link]].next[link] = site;
	h->prev[link] = site;
}

/* Who was first is now last. */
void
list_turn(struct sched *s, int link, int list)
{
	s->head[link][list] = s->sites[s->head[link][list]].next[link];
}
