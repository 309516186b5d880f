REMOTE_PURE = src/pneu-remote/mx.o src/pneu-remote/mx_fail.o \
	src/pneu-remote/client.o \
	src/pneu-remote/client_put.o src/pneu-remote/client_auth.o \
	src/pneu-remote/client_reply.o src/pneu-remote/client_step.o \
	src/pneu-remote/scan.o \
	src/pneu-remote/fold.o src/pneu-remote/recode.o \
	src/pneu-remote/recode_header.o src/pneu-remote/tlsrule.o
REMOTE_O = $(REMOTE_PURE) src/pneu-remote/pneu-remote.o \
	src/pneu-remote/loop.o src/pneu-remote/job.o \
	src/pneu-remote/job_way.o src/pneu-remote/job_report.o \
	src/pneu-remote/conn.o src/pneu-remote/kept.o \
	src/pneu-remote/self.o src/pneu-remote/message.o \
	src/pneu-remote/tlsneed.o src/pneu-remote/tlsout.o \
	src/pneu-remote/login.o src/pneu-remote/denied.o \
	src/pneu-remote/sts.o
REMOTE_P = bin/pneu-remote
REMOTE_L = $(DNS) $(LOGINS) $(STS) $(TLSPOLICY) $(SASL) $(SMTP) $(RUN) $(REWRITE) $(ALIASES) $(MAIL) $(CONF) $(TABLE) \
	$(WIRE)
bin/pneu-remote: $(REMOTE_O) $(REMOTE_L) conf-ld
	tools/load $@ $(REMOTE_O) $(REMOTE_L) \
	    -lcares -lskarnet

TESTS_P += tests/unit/client_test
TESTS_O += tests/unit/client_test.o
tests/unit/client_test: tests/unit/client_test.o $(REMOTE_PURE) $(SASL) $(SMTP) \
    $(MAIL) $(WIRE)
	tools/load $@ tests/unit/client_test.o $(REMOTE_PURE) $(SASL) $(SMTP) $(MAIL) \
	    $(WIRE) -lskarnet

TESTS_P += tests/unit/recode_test
TESTS_O += tests/unit/recode_test.o
tests/unit/recode_test: tests/unit/recode_test.o $(REMOTE_PURE) $(SASL) $(SMTP) \
    $(MAIL) $(WIRE)
	tools/load $@ tests/unit/recode_test.o $(REMOTE_PURE) $(SASL) $(SMTP) $(MAIL) \
	    $(WIRE) -lskarnet

TESTS_P += tests/unit/mx_test
TESTS_O += tests/unit/mx_test.o
tests/unit/mx_test: tests/unit/mx_test.o $(REMOTE_PURE) $(SASL) $(SMTP) \
    $(MAIL) $(WIRE)
	tools/load $@ tests/unit/mx_test.o $(REMOTE_PURE) $(SASL) $(SMTP) $(MAIL) \
	    $(WIRE) -lskarnet

TESTS_P += tests/unit/tlsrule_test
TESTS_O += tests/unit/tlsrule_test.o
TLSRULE_TEST_L = $(TLSPOLICY) $(SASL) $(SMTP) $(MAIL) $(WIRE)
tests/unit/tlsrule_test: tests/unit/tlsrule_test.o $(REMOTE_PURE) $(TLSRULE_TEST_L)
	tools/load $@ tests/unit/tlsrule_test.o $(REMOTE_PURE) \
	    $(TLSRULE_TEST_L) -lskarnet
