SMTPD_M = src/pneu-smtpd/session.o src/pneu-smtpd/say.o \
	src/pneu-smtpd/command.o src/pneu-smtpd/mail.o \
	src/pneu-smtpd/letter.o src/pneu-smtpd/refusal.o \
	src/pneu-smtpd/hops.o src/pneu-smtpd/header.o \
	src/pneu-smtpd/bdat.o src/pneu-smtpd/starttls.o \
	src/pneu-smtpd/sasl.o src/pneu-smtpd/authline.o \
	src/pneu-smtpd/complete.o \
	src/pneu-smtpd/xclient.o src/pneu-smtpd/etrn.o
SMTPD_O = $(SMTPD_M) src/pneu-smtpd/pneu-smtpd.o src/pneu-smtpd/conf.o \
	src/pneu-smtpd/conn.o src/pneu-smtpd/way.o src/pneu-smtpd/reach.o \
	src/pneu-smtpd/alias.o src/pneu-smtpd/room.o src/pneu-smtpd/listen.o \
	src/pneu-smtpd/loop.o src/pneu-smtpd/peer.o src/pneu-smtpd/tls.o \
	src/pneu-smtpd/auth.o src/pneu-smtpd/ctl.o
SMTPD_P = bin/pneu-smtpd
SMTPD_L = $(SUBMIT) $(SMTP) $(SASL) $(RUN) $(REWRITE) $(ALIASES) $(MAIL) $(CONF) $(TABLE) \
	$(WIRE)
bin/pneu-smtpd: $(SMTPD_O) $(SMTPD_L) conf-ld
	tools/load $@ $(SMTPD_O) $(SMTPD_L) -lskarnet

TESTS_P += tests/unit/session_test
TESTS_O += tests/unit/session_test.o
tests/unit/session_test: tests/unit/session_test.o $(SMTPD_M) $(SUBMIT) $(SMTP) $(SASL) $(MAIL) \
    $(WIRE)
	tools/load $@ tests/unit/session_test.o $(SMTPD_M) $(SUBMIT) $(SMTP) $(SASL) $(MAIL) \
	    $(WIRE) -lskarnet

TESTS_P += tests/unit/sessionx_test
TESTS_O += tests/unit/sessionx_test.o
tests/unit/sessionx_test: tests/unit/sessionx_test.o $(SMTPD_M) $(SUBMIT) \
	    $(SMTP) $(SASL) $(MAIL) $(WIRE)
	tools/load $@ tests/unit/sessionx_test.o $(SMTPD_M) $(SUBMIT) \
	    $(SMTP) $(SASL) $(MAIL) $(WIRE) -lskarnet

TESTS_P += tests/unit/sessionauth_test
TESTS_O += tests/unit/sessionauth_test.o
tests/unit/sessionauth_test: tests/unit/sessionauth_test.o $(SMTPD_M) $(SUBMIT) \
	    $(SMTP) $(SASL) $(MAIL) $(WIRE)
	tools/load $@ tests/unit/sessionauth_test.o $(SMTPD_M) $(SUBMIT) \
	    $(SMTP) $(SASL) $(MAIL) $(WIRE) -lskarnet
