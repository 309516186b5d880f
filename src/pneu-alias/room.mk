ALIAS_O = src/pneu-alias/pneu-alias.o src/pneu-alias/ask.o \
	src/pneu-alias/facts.o src/pneu-alias/stale.o src/pneu-alias/tell.o \
	src/pneu-alias/expand.o src/pneu-alias/include.o \
	src/pneu-alias/decide.o src/pneu-alias/decide_final.o \
	src/pneu-alias/decide_remote.o src/pneu-alias/users.o
ALIAS_L = $(ALIASES) $(RUN) $(CONF) $(TABLE) $(MAIL) $(WIRE)
ALIAS_P = bin/pneu-alias
bin/pneu-alias: $(ALIAS_O) $(ALIAS_L) conf-ld
	tools/load $@ $(ALIAS_O) $(ALIAS_L) -lskarnet

TESTS_P += tests/unit/decide_test
TESTS_O += tests/unit/decide_test.o
DECIDE_TEST_O = tests/unit/decide_test.o src/pneu-alias/decide.o \
	src/pneu-alias/decide_final.o src/pneu-alias/decide_remote.o \
	src/pneu-alias/users.o
tests/unit/decide_test: $(DECIDE_TEST_O) $(ALIASES) $(MAIL) $(WIRE)
	tools/load $@ $(DECIDE_TEST_O) $(ALIASES) $(MAIL) $(WIRE) -lskarnet

TESTS_P += tests/unit/aliases_test
TESTS_O += tests/unit/aliases_test.o
ALIASES_TEST_O = tests/unit/aliases_test.o src/pneu-alias/expand.o \
	src/pneu-alias/include.o src/pneu-alias/decide.o \
	src/pneu-alias/decide_final.o src/pneu-alias/decide_remote.o
ALIASES_TEST_L = $(ALIASES) $(RUN) $(CONF) $(TABLE) $(MAIL) $(WIRE)
tests/unit/aliases_test: $(ALIASES_TEST_O) $(ALIASES_TEST_L)
	tools/load $@ $(ALIASES_TEST_O) $(ALIASES_TEST_L) -lskarnet
