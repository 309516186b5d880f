DSN_O = src/pneu-bounce/dsn.o src/pneu-bounce/dsn_people.o \
	src/pneu-bounce/dsn_words.o src/pneu-bounce/text.o \
	src/pneu-bounce/said.o src/pneu-bounce/look.o \
	src/pneu-bounce/header.o src/pneu-bounce/plan.o
BOUNCE_O = src/pneu-bounce/pneu-bounce.o src/pneu-bounce/notice.o $(DSN_O)
BOUNCE_L = $(RESUBMIT) $(RUN) $(CONF) $(TABLE) $(MAIL) $(WIRE)
BOUNCE_P = bin/pneu-bounce
bin/pneu-bounce: $(BOUNCE_O) $(BOUNCE_L) conf-ld
	tools/load $@ $(BOUNCE_O) $(BOUNCE_L) -lskarnet

TESTS_P += tests/unit/dsn_test
TESTS_O += tests/unit/dsn_test.o
tests/unit/dsn_test: tests/unit/dsn_test.o $(DSN_O) $(MAIL) $(WIRE)
	tools/load $@ tests/unit/dsn_test.o $(DSN_O) $(MAIL) $(WIRE) -lskarnet
