#include "pki/pem.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <bearssl.h>

#include "pki/key.h"

struct object {
	unsigned char s[PEM_OCTETS];
	size_t n;
	int over;
};

static void
append(void *to, const void *s, size_t n)
{
	struct object *o = to;

	if (n > sizeof o->s - o->n) {
		o->over = 1;
		return;
	}
	memcpy(o->s + o->n, s, n);
	o->n += n;
}

int
pem_each(const char *s, size_t n, int (*take)(void *arg, const struct pem *o),
    void *arg)
{
	br_pem_decoder_context d;
	char name[sizeof d.name] = "";
	struct pem one = { 0, 0, 0, 0 };
	struct object o;
	int r = 0, last = 0, inside = 0, event;
	size_t used;

	o.n = 0;
	one.name = name;
	one.s = o.s;
	br_pem_decoder_init(&d);
	while (!r && (n || !last)) {
		if (!n) {	/* the last line may have no end */
			s = "\n";
			n = 1;
			last = 1;
		}
		used = br_pem_decoder_push(&d, s, n);
		s += used;
		n -= used;
		event = br_pem_decoder_event(&d);
		if (event == BR_PEM_BEGIN_OBJ) {
			snprintf(name, sizeof name, "%s",
			    br_pem_decoder_name(&d));
			o.n = 0;
			o.over = 0;
			inside = 1;
			br_pem_decoder_setdest(&d, append, &o);
		} else if (event) {
			inside = 0;
			one.n = o.n;
			one.why = event == BR_PEM_ERROR ? "malformed PEM" :
			    o.over ? "too large an object" : 0;
			r = take(arg, &one);
		}
	}
	if (!r && inside) {
		one.n = o.n;
		one.why = "it ends within a PEM object";
		r = take(arg, &one);
	}
	key_wipe(&d, sizeof d);
	key_wipe(&o, sizeof o);
	return r;
}

int
pem_iscert(const struct pem *o)
{
	return !strcasecmp(o->name, "CERTIFICATE") ||
	    !strcasecmp(o->name, "X509 CERTIFICATE");
}
