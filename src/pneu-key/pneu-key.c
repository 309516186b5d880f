#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <skalibs/djbunix.h>
#include <skalibs/iopause.h>
#include <skalibs/selfpipe.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "pneu-key/files.h"
#include "pneu-key/keys.h"
#include "run/log.h"
#include "run/pause.h"
#include "run/service.h"
#include "run/stream.h"
#include "wire/field.h"
#include "wire/verdict.h"

#define USAGE "pneu-key"
#define ASKERS 8		/* connections */

struct signer {
	struct conf conf;
	struct keys keys;
	struct stream files;	/* the other half */
	struct stream askers[ASKERS];
	int listen, signals;
	stralloc tmp;
	tain forget;		/* former keys at; if hasformer */
	int hasformer;
	char *text;		/* of a file: PAIR_FILE_OCTETS */
};

/* What is in here stays in here: no core, no swap, nobody looks in. */
static void
shut(void)
{
	struct rlimit r = { RLIM_INFINITY, RLIM_INFINITY };

	if (geteuid() == 0)	/* for what is allocated later */
		setrlimit(RLIMIT_MEMLOCK, &r);
#ifdef MCL_ONFAULT
	if (geteuid() == 0)
		mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
#endif
	r.rlim_cur = r.rlim_max = 0;
	setrlimit(RLIMIT_CORE, &r);
#ifdef __linux__
	if (geteuid() == 0)
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* Fork the half that opens files; returns our end of the socket to it. */
static int
fork_files(struct conf *c, int listenfd)
{
	int fd[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) < 0 ||
	    coe(fd[0]) < 0 || coe(fd[1]) < 0)
		strerr_diefusys(111, "make a socket");
	pid = fork();
	if (pid < 0)
		strerr_diefusys(111, "fork");
	if (!pid) {
		close(fd[0]);
		close(listenfd);
		unsetenv("PNEU_NOTIFY");
		run_become(c, "pneu-key-files");
		files_run(c, fd[1]);
	}
	close(fd[1]);
	return fd[0];
}

/* A file that the other half has opened, or why it could not. */
static int
take_file(struct signer *s, struct frame *f)
{
	const char *path = 0, *error = 0;
	struct field x;
	size_t at, n = 0;
	ssize_t r;
	int used, fd;

	for (at = 0; at < f->n; at += (size_t)used) {
		used = field_scan(&x, f->s + at, f->n - at);
		if (used <= 0)
			return -1;
		if (field_is(&x, "path")) path = x.value;
		else if (field_is(&x, "error")) error = x.value;
	}
	fd = error ? -1 : stream_takefd(&s->files);
	if (!path || (!error && fd < 0))
		return -1;
	while (!error && n < PAIR_FILE_OCTETS &&
	    (r = pread(fd, s->text + n, PAIR_FILE_OCTETS - n, (off_t)n))) {
		if (r < 0)
			error = strerror(errno);
		else
			n += (size_t)r;
	}
	if (!error && n == PAIR_FILE_OCTETS)
		error = "too large";
	keys_file(&s->keys, path, s->text, n, error);
	key_wipe(s->text, n);
	if (fd >= 0)
		close(fd);
	return 0;
}

static void
tell_all(struct signer *s)
{
	size_t i;

	for (i = 0; i < ASKERS; i++)
		if (s->askers[i].fd >= 0)
			frame_put(&s->askers[i].out, 'N', 0, "", 0);
}

/* Returns 1 if all files have come. */
static int
hear_files(struct signer *s)
{
	struct frame f;
	int whole = 0;
	ssize_t r = stream_fill(&s->files);

	while (stream_next(&s->files, &f) > 0) {
		if (f.type == 'B')
			keys_begin(&s->keys);
		else if (f.type == 'F' && take_file(s, &f) < 0)
			strerr_dief(111, "the other half makes no sense");
		else if (f.type == 'E') {
			if (keys_end(&s->keys, (int64_t)time(0))) {
				tell_all(s);
				s->hasformer = 1;
				tain_addsec_g(&s->forget, KEYS_FORMER_S);
			}
			whole = 1;
		}
	}
	if (r < 0)
		strerr_dief(111, "the half that opens files has ended");
	return whole;
}

static int
list(struct signer *s, struct stream *a, uint32_t tag)
{
	struct key_chain c;
	size_t i;

	for (i = 0; i < keys_n(&s->keys); i++) {
		keys_chain(&s->keys, i, &c);
		s->tmp.len = 0;
		if (!key_chain_put(&s->tmp, &c))
			return -1;
		if (s->tmp.len > FRAME_PAYLOAD_OCTETS)
			log_warn("a chain of certificates is too long");
		else if (!frame_put(&a->out, 'C', tag, s->tmp.s, s->tmp.len))
			return -1;
	}
	return frame_put(&a->out, 'E', tag, "", 0) ? 0 : -1;
}

static int
sign(struct signer *s, struct stream *a, struct frame *f)
{
	unsigned char sig[KEY_SIGNATURE_OCTETS];
	struct key_ask k;
	struct verdict v;
	const char *why;
	size_t n;

	if (key_ask_scan(&k, f->s, f->n) < 0)
		return -1;
	n = keys_sign(&s->keys, &k, sig, &why);
	if (n)
		return frame_put(&a->out, 'S', f->tag, (char *)sig, n) ? 0 :
		    -1;
	verdict_set(&v, VERDICT_LATER, "4.7.0", 0, why);
	s->tmp.len = 0;
	return verdict_put(&s->tmp, &v) && frame_put(&a->out, 'F', f->tag,
	    s->tmp.s, s->tmp.len) ? 0 : -1;
}

static void
hear(struct signer *s, struct stream *a)
{
	struct frame f;
	ssize_t r = stream_fill(a);
	int got;

	while ((got = stream_next(a, &f)) > 0) {
		if (f.type == 'L')
			got = list(s, a, f.tag);
		else if (f.type == 'S')
			got = sign(s, a, &f);
		else
			got = -1;
		if (got < 0)
			break;
	}
	if (r < 0 || got < 0)
		stream_close(a);
}

static void
welcome(struct signer *s)
{
	uid_t uid;
	size_t i;
	int fd = run_accept(s->listen);

	if (fd < 0)
		return;
	for (i = 0; i < ASKERS && s->askers[i].fd >= 0; i++)
		;
	if (i < ASKERS && run_peer(fd, &uid) == 0 &&
	    run_isuser(&s->conf, uid, "pneut"))
		stream_open(&s->askers[i], fd);
	else
		close(fd);
}

static void
on_signal(struct signer *s)
{
	int sig;

	while ((sig = selfpipe_read()) > 0)
		switch (sig) {
		case SIGHUP: frame_put(&s->files.out, 'H', 0, "", 0); break;
		default: exit(0);
		}
}

static void
start(struct signer *s)
{
	static const struct stream zero = STREAM_ZERO;
	size_t i;

	run_init("pneu-key", &s->conf);
	s->listen = run_bind(&s->conf, "key", "key", "pneut");
	s->files = zero;
	stream_open(&s->files, fork_files(&s->conf, s->listen));
	for (i = 0; i < ASKERS; i++)
		s->askers[i] = zero;
	shut();
	run_become(&s->conf, "pneu-key");
	keys_init(&s->keys);
	s->text = malloc(PAIR_FILE_OCTETS);
	s->signals = selfpipe_init();
	if (!s->text || s->signals < 0 || !selfpipe_trap(SIGTERM) ||
	    !selfpipe_trap(SIGHUP))
		strerr_diefusys(111, "trap signals");
}

enum { SIGNALS, LISTEN, FILES, FIXED };

static void
turn(struct signer *s, iopause_fd *x)
{
	size_t i;

	x[SIGNALS].fd = s->signals;
	x[LISTEN].fd = s->listen;
	x[SIGNALS].events = x[LISTEN].events = IOPAUSE_READ;
	x[FILES].fd = s->files.fd;
	x[FILES].events = stream_events(&s->files);
	for (i = 0; i < ASKERS; i++) {
		x[FIXED + i].fd = s->askers[i].fd;
		x[FIXED + i].events = s->askers[i].fd < 0 ? 0 :
		    stream_events(&s->askers[i]);
	}
	if (run_pause(x, FIXED + ASKERS, s->hasformer ? &s->forget :
	    &tain_infinite) < 0)
		strerr_diefu1sys(111, "poll");
	if (s->hasformer && !tain_future(&s->forget)) {
		s->hasformer = 0;
		keys_forget(&s->keys);
	}
	if (x[SIGNALS].revents)
		on_signal(s);
	for (i = 0; i < ASKERS; i++)
		if (s->askers[i].fd >= 0 &&
		    x[FIXED + i].revents & (IOPAUSE_READ | IOPAUSE_EXCEPT))
			hear(s, &s->askers[i]);
	if (x[LISTEN].revents)
		welcome(s);
}

int
main(int argc, char *const *argv)
{
	static struct signer s;
	iopause_fd x[FIXED + ASKERS];
	size_t i;
	int ready = 0;

	if (argc > 1)
		strerr_dieusage(100, USAGE);
	tain_now_set_stopwatch_g();
	start(&s);
	for (;;) {
		turn(&s, x);
		if (x[FILES].revents && hear_files(&s) && !ready) {
			ready = 1;
			run_ready();
		}
		if (stream_flush(&s.files) < 0)
			strerr_dief(111, "the half that opens files has ended");
		for (i = 0; i < ASKERS; i++)
			if (s.askers[i].fd >= 0 &&
			    stream_flush(&s.askers[i]) < 0)
				stream_close(&s.askers[i]);
	}
}
