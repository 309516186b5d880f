# Suffix rules only; works with GNU make and bmake. A room (folder of src/)
# says in its room.mk what it builds and which libraries it links, and so
# also what it cannot do. Libraries stand first: names in a dependency line
# expand as they are read.
.POSIX:
.SUFFIXES:
.SUFFIXES: .c .o

all: it

.c.o:
	tools/compile $@ $<

include src/sasl/room.mk
include src/mail/room.mk
include src/smtp/room.mk
include src/dns/room.mk
include src/wire/room.mk
include src/table/room.mk
include src/alias/room.mk
include src/conf/room.mk
include src/run/room.mk
include src/spool/room.mk
include src/pki/room.mk
include src/spawn/room.mk
include src/sched/room.mk
include src/dotforward/room.mk
include src/rewrite/room.mk
include src/tlspolicy/room.mk
include src/logins/room.mk
include src/sts/room.mk
include src/deliver/room.mk
include src/resubmit/room.mk
include src/submit/room.mk
include src/pneu-queue/room.mk
include src/pneu-send/room.mk
include src/pneu-bounce/room.mk
include src/pneu-forward/room.mk
include src/pneu-lspawn/room.mk
include src/pneu-local/room.mk
include src/pneu-alias/room.mk
include src/pneu-remote/room.mk
include src/pneu-auth/room.mk
include src/pneu-passwd/room.mk
include src/pneu-listen/room.mk
include src/pneu-smtpd/room.mk
include src/pneu-key/room.mk
include src/pneu-tls/room.mk
include src/pneu-sts/room.mk
include src/pneu-inject/room.mk
include src/pneu-sendmail/room.mk
include src/pneu-q/room.mk
include src/pneu-conf/room.mk
include src/pneu-import/room.mk
include src/pneu/room.mk
include src/pneu-router/room.mk
include tests/room.mk

OBJECTS = $(SASL_O) $(MAIL_O) $(ALIASES_O) $(SMTP_O) $(DNS_O) $(WIRE_O) $(TABLE_O) $(CONF_O) $(RUN_O) \
	$(SPOOL_O) $(SPAWN_O) $(SCHED_O) $(SUBMIT_O) $(RESUBMIT_O) $(DOTFORWARD_O) $(REWRITE_O) $(TLSPOLICY_O) $(LOGINS_O) $(STS_O) $(DELIVER_O) \
	$(QUEUE_O) $(SEND_O) $(BOUNCE_O) $(FORWARD_O) \
	$(LSPAWN_O) $(LOCAL_O) $(ALIAS_O) $(REMOTE_O) $(LISTEN_O) $(SMTPD_O) \
	$(AUTH_O) $(PASSWD_O) \
	$(PKI_O) $(KEY_O) $(TLS_O) $(STSD_O) $(INJECT_O) $(SENDMAIL_O) $(Q_O) $(PCONF_O) \
	$(IMPORT_O) $(ROUTER_O) $(TESTS_O)

PROGRAMS = $(QUEUE_P) $(SEND_P) $(BOUNCE_P) $(FORWARD_P) $(LSPAWN_P) $(LOCAL_P) \
	$(ALIAS_P) $(REMOTE_P) $(LISTEN_P) $(SMTPD_P) \
	$(AUTH_P) $(PASSWD_P) \
	$(KEY_P) $(TLS_P) $(STSD_P) $(INJECT_P) \
	$(SENDMAIL_P) $(Q_P) $(PCONF_P) \
	$(IMPORT_P) $(PNEU_P)

it: $(PROGRAMS)

$(OBJECTS): conf-cc

src/run/home.h: conf-home tools/home
	tools/home >$@

src/run/home.o: src/run/home.h

src/run/calls.h: conf-cc tools/calls
	tools/calls >$@

src/run/seccomp.o: src/run/calls.h

clean:
	rm -f $(OBJECTS) $(OBJECTS:.o=.d) $(PROGRAMS) $(TESTS_P) $(TOOLS_P) \
	    $(ROUTER_A) \
	    src/*/*.a src/run/home.h src/run/calls.h

-include $(OBJECTS:.o=.d)
