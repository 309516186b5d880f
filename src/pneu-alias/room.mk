ALIAS_O = src/pneu-alias/pneu-alias.o src/pneu-alias/decide.o \
	src/pneu-alias/users.o
ALIAS_L = $(RUN) $(CONF) $(TABLE) $(MAIL) $(WIRE)
ALIAS_P = bin/pneu-alias
bin/pneu-alias: $(ALIAS_O) $(ALIAS_L) conf-ld
	tools/load $@ $(ALIAS_O) $(ALIAS_L) -lskarnet

TESTS_P += tests/unit/decide_test
TESTS_O += tests/unit/decide_test.o
DECIDE_TEST_O = tests/unit/decide_test.o src/pneu-alias/decide.o \
	src/pneu-alias/users.o
tests/unit/decide_test: $(DECIDE_TEST_O) $(MAIL) $(WIRE)
	tools/load $@ $(DECIDE_TEST_O) $(MAIL) $(WIRE) -lskarnet
