#ifndef QUEUE_INPUT_H
#define QUEUE_INPUT_H

#include <stddef.h>

#include "wire/frame.h"

/* Frames from a blocking socket, in one buffer that holds a frame which is
 * kept and the one behind it. Timeouts are the socket's own (SO_RCVTIMEO). */

#define INPUT_OCTETS (2 * (FRAME_HEAD_OCTETS + FRAME_PAYLOAD_OCTETS))

struct input {
	int fd;
	size_t start;		/* the first octet that is kept */
	size_t next;		/* where the next frame begins */
	size_t end;
	char buf[INPUT_OCTETS];
};

void input_init(struct input *in, int fd);

/* The next frame that is already here. 1, 0 if there is none, -1 if what is
 * here is malformed. */
int input_next(struct input *in, struct frame *f);

/* Wait for more octets. 1; 0 at the end; -1 with errno: EAGAIN is the
 * socket's timeout, EINTR a signal. What is kept may move: f->s is lost. */
int input_fill(struct input *in);

/* Done with all frames so far; or with the last one only, which is f, while
 * what was kept before it stays. */
void input_done(struct input *in);
void input_drop(struct input *in, const struct frame *f);

/* The payload of the first frame that is kept, wherever it is now. */
char *input_kept(struct input *in);

#endif
