SENDMAIL_F = src/pneu-sendmail/flags.o src/pneu-sendmail/flags_dsn.o \
	src/pneu-sendmail/flags_mode.o src/pneu-sendmail/flags_postqueue.o
SENDMAIL_O = $(SENDMAIL_F) src/pneu-sendmail/pneu-sendmail.o \
	src/pneu-sendmail/deliver.o src/pneu-sendmail/serve.o \
	src/pneu-sendmail/talk.o src/pneu-sendmail/watch.o src/pneu-sendmail/say.o \
	src/pneu-sendmail/tools.o src/pneu-sendmail/verify.o
SENDMAIL_P = bin/pneu-sendmail
SENDMAIL_L = $(SUBMIT) $(SMTP) $(RUN) $(REWRITE) $(ALIASES) $(CONF) $(TABLE) $(WIRE) $(MAIL)
bin/pneu-sendmail: $(SENDMAIL_O) $(SENDMAIL_L) conf-ld tools/load-static
	tools/load-static $@ $(SENDMAIL_O) $(SENDMAIL_L) -lskarnet

TESTS_P += tests/unit/flags_test
TESTS_O += tests/unit/flags_test.o
tests/unit/flags_test: tests/unit/flags_test.o $(SENDMAIL_F)
	tools/load $@ tests/unit/flags_test.o $(SENDMAIL_F)

TESTS_P += tests/unit/talk_test
TESTS_O += tests/unit/talk_test.o
TALK_TEST_O = tests/unit/talk_test.o src/pneu-sendmail/talk.o
tests/unit/talk_test: $(TALK_TEST_O) $(SUBMIT) $(SMTP) $(WIRE) $(MAIL)
	tools/load $@ $(TALK_TEST_O) $(SUBMIT) $(SMTP) $(WIRE) $(MAIL) -lskarnet
