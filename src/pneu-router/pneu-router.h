#ifndef PNEU_ROUTER_H
#define PNEU_ROUTER_H

/* The programs in the one executable: X(name, main). tools/applet gives
 * their main functions these names. */
#define APPLETS(X) \
	X("pneu-alias", applet_pneu_alias) \
	X("pneu-bounce", applet_pneu_bounce) \
	X("pneu-conf", applet_pneu_conf) \
	X("pneu-inject", applet_pneu_inject) \
	X("pneu-q", applet_pneu_q) \
	X("pneu-queue", applet_pneu_queue) \
	X("pneu-remote", applet_pneu_remote) \
	X("pneu-send", applet_pneu_send) \
	X("pneu-sendmail", applet_pneu_sendmail) \
	X("pneu-tls", applet_pneu_tls)

/* Further names; pneu-sendmail looks at what it is called by. */
#define OTHER_NAMES(X) \
	X("mailq", applet_pneu_sendmail) \
	X("newaliases", applet_pneu_sendmail) \
	X("pneu", words) \
	X("postqueue", applet_pneu_sendmail) \
	X("sendmail", applet_pneu_sendmail)

#define X(name, fn) int fn(int argc, char **argv);
APPLETS(X)
#undef X

/* words.c: "pneu WORD ARGUMENT...", as src/pneu/pneu.sh has it. */
int words(int argc, char **argv);

#endif
