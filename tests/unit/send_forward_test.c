/* pneu-send: aliases, lists and who forwards, as send_test.c. */

#include "send_world.h"

#include <string.h>

#include "tap.h"

#define NOW 1800000000u

static struct world w;
static char path[LETTER_PATH_OCTETS + 1];

static void
ring(void)
{
	bell_heard(&w.g, path, strlen(path));
	world_run(&w);
}

static void
begin(void)
{
	world_begin(&w, NOW);
	world_goall(&w);
}

/* What stands for others goes to pneu-forward, and is done when that is. */
static void
test_forward(void)
{
	static const char *const two[] = { "l@list.test", "u@user.joe" };

	begin();
	world_letter(&w, path, 0, "a@x.test", two, 2);
	ring();
	ok(w.norders == 2 && w.orders[1].peer == PEER_FORWARD &&
	    !strcmp(w.orders[1].to, "forward:") &&
	    !strcmp(w.orders[1].said[SAID_OWNER], "owner@list.test"),
	    "a list is ordered from pneu-forward");
	w.forward = "b@y.test\n|cat\n";
	world_report(&w, 0, 'D', "2.0.0", "", 0);
	world_run(&w);
	ok(w.norders == 2 && !strcmp(w.orders[1].to, "forward:") &&
	    !strcmp(w.orders[1].said[SAID_FORWARD], "b@y.test\n|cat\n") &&
	    w.acked == 1 && w.orders[1].ns[0] == 1,
	    "and whom a .forward sends on, as it says");
	world_report(&w, 0, 'D', "2.0.0", "forwarded as A", 0);
	world_run(&w);
	world_report(&w, 0, 'L', "4.3.0", "not now", 0);
	world_run(&w);
	ok(w.deferred == 1 && !w.retired, "which has to wait");
	world_pass(&w, 400000);
	ok(w.norders == 1 && !strcmp(w.orders[0].to, "user:user.joe"),
	    "then the user is asked anew");
	w.forward = "b@y.test\n|cat\n";
	world_report(&w, 0, 'D', "2.0.0", "", 0);
	world_run(&w);
	world_report(&w, 0, 'N', "5.4.6", "mail forwarding loop", 0);
	world_run(&w);
	ok(w.norders == 1 && w.orders[0].peer == PEER_BOUNCE,
	    "a loop is bounced");
	world_report(&w, 0, 'D', "2.0.0", "", 0);
	world_run(&w);
	ok(w.retired == 1 && !w.g.s.usedjobs && !w.g.usedmails,
	    "nothing is left");
}

/* A user's file that names an owner: the sender is made of the address. Then
 * each recipient has a sender of his own, and an order of his own. */
static void
test_forward_owner(void)
{
	static const char *const one[] = { "u-l@user.joe" };
	static const char *const three[] = { "a@x.test", "b@x.test",
	    "u@user.joe" };

	begin();
	world_letter(&w, path, 0, "a@x.test", one, 1);
	ring();
	w.forward = "b@y.test\n";
	w.owner = "one";
	world_report(&w, 0, 'D', "2.0.0", "", 0);
	world_run(&w);
	ok(w.norders == 1 && !strcmp(w.orders[0].said[SAID_OWNER],
	    "u-l-owner@user.joe"), "an owner: %s",
	    w.orders[0].said[SAID_OWNER]);
	world_report(&w, 0, 'D', "2.0.0", "forwarded as A", 0);
	world_run(&w);
	world_letter(&w, path, 0, "l-owner-@h.test-@[]", three, 3);
	ring();
	ok(w.norders == 3 && w.orders[1].n == 1 && !strcmp(w.orders[0].said
	    [SAID_SENDER], "l-owner-u=user.joe@h.test") &&
	    !strcmp(w.orders[1].said[SAID_SENDER],
	    "l-owner-a=x.test@h.test") && !strcmp(w.orders[2].said
	    [SAID_SENDER], "l-owner-b=x.test@h.test"),
	    "each has a sender, and an order");
	world_report(&w, 0, 'D', "2.0.0", "ok", 0);
	world_report(&w, 0, 'N', "5.1.1", "nobody", 0);
	world_report(&w, 0, 'N', "5.1.1", "nobody", 0);
	world_run(&w);
	ok(w.norders == 1 && w.orders[0].peer == PEER_BOUNCE &&
	    w.orders[0].n == 2 && !strcmp(w.orders[0].said[SAID_SENDER],
	    "l-owner-@h.test"), "who is told of several: %s",
	    w.orders[0].said[SAID_SENDER]);
	world_report(&w, 0, 'D', "2.0.0", "", 0);
	world_run(&w);
	ok(w.retired == 2 && !w.g.s.usedjobs && !w.g.usedmails, "done");
}

/* Several users of one order, of whom one forwards. */
static void
test_forward_some(void)
{
	static const char *const three[] = { "a@user.joe", "b@user.joe",
	    "c@user.joe" };
	uint32_t tag;

	begin();
	world_letter(&w, path, 0, "a@x.test", three, 3);
	ring();
	tag = w.orders[0].tag;
	ok(w.norders == 1 && w.orders[0].n == 3, "one order");
	w.orders[1] = w.orders[0];
	w.orders[0].n = 1;
	w.orders[1].ns[0] = 1;
	w.orders[1].ns[1] = 2;
	w.orders[1].n = 2;
	w.norders = 2;
	w.forward = "z@y.test\n";
	world_report(&w, 0, 'D', "2.0.0", "", 0);
	world_run(&w);
	ok(w.norders == 2 && w.orders[1].peer == PEER_FORWARD &&
	    w.acked == 0, "the first of it is forwarded");
	world_report(&w, 0, 'D', "2.0.0", "ok", 0);
	world_run(&w);
	world_report(&w, 0, 'D', "2.0.0", "forwarded as A", 0);
	world_run(&w);
	ok(w.retired == 1 && w.acked == 2 && !w.g.s.usedjobs,
	    "all done, both orders acknowledged (tag %u)", (unsigned)tag);
}

/* A new pneu-send takes over a user's order that is then forwarded. */
static void
test_forward_taken(void)
{
	static const char *const one[] = { "u@user.joe" };
	struct world_order o;

	begin();
	world_letter(&w, path, 0, "a@x.test", one, 1);
	ring();
	o = w.orders[0];
	world_restart(&w);
	w.norders = 0;
	world_taken(&w, &o);
	w.orders[w.norders++] = o;
	w.forward = "z@y.test\n";
	world_report(&w, w.norders - 1, 'D', "2.0.0", "", 0);
	world_goall(&w);
	ok(w.norders == 1 && w.orders[0].peer == PEER_FORWARD,
	    "taken over, and forwarded");
	world_report(&w, 0, 'D', "2.0.0", "forwarded as A", 0);
	world_run(&w);
	ok(w.retired == 1 && !w.g.s.usedjobs && !w.g.usedmails, "done");
}

/* A new pneu-send takes an order over while pneu-alias is asked about its
 * recipient: by its answer, or when it is asked anew. */
static void
test_taken_asked(int again)
{
	static const char *const one[] = { "u@user.joe" };
	struct world_order o;

	begin();
	world_letter(&w, path, 0, "a@x.test", one, 1);
	ring();
	o = w.orders[0];
	world_restart(&w);
	w.norders = 0;
	w.noalias = 1;
	world_go(&w, PEER_BOUNCE);
	world_go(&w, PEER_FORWARD);
	world_go(&w, PEER_REMOTE);
	ring();
	world_taken(&w, &o);
	w.orders[w.norders++] = o;
	world_go(&w, PEER_LSPAWN);
	world_run(&w);
	ok(w.g.usedmails == 1 && w.g.mails[0].asking == 1 &&
	    mail_rcpt(w.g.mails, 0)->state == RCPT_OUT,
	    "taken over while pneu-alias is asked");
	if (again)
		world_break(&w, PEER_ALIAS);
	w.noalias = 0;
	world_run(&w);
	world_report(&w, 0, 'D', "2.0.0", "ok", 0);
	world_run(&w);
	ok(w.norders == 0 && w.retired == 1 && !w.g.usedmails,
	    "its verdict is the letter's (%s)", again ? "asked again" :
	    "answered");
}

static void
test_alias(void)
{
	static const char *const one[] = { "r@alias.test" };

	begin();
	world_letter(&w, path, 0, "a@x.test", one, 1);
	ring();
	ok(w.norders == 1 && !strcmp(w.orders[0].to, "smtp:far.test") &&
	    !strcmp(w.orders[0].said[SAID_ADDR], "real@far.test") &&
	    !strcmp(w.orders[0].said[SAID_ORIG], "r@alias.test"),
	    "an alias: its address, and what it was");
	begin();
	w.target = "|joe";
	world_letter(&w, path, 0, "a@x.test", one, 1);
	ring();
	ok(w.norders == 1 && !strcmp(w.orders[0].to, "user:user.joe") &&
	    !strcmp(w.orders[0].said[SAID_TARGET], "|joe"),
	    "a target goes to whom pneu-alias says");
}

int
main(void)
{
	test_forward();
	test_forward_owner();
	test_forward_some();
	test_forward_taken();
	test_taken_asked(0);
	test_taken_asked(1);
	test_alias();
	world_end(&w);
	return tap_end();
}
