LISTEN_O = src/pneu-listen/pneu-listen.o src/pneu-listen/admit.o \
	src/pneu-listen/door.o src/pneu-listen/hall.o \
	src/pneu-listen/refuse.o src/pneu-listen/worker.o \
	src/pneu-listen/lobby.o src/pneu-listen/proxy.o
LISTEN_L = $(RUN) $(CONF) $(TABLE) $(WIRE)
LISTEN_P = bin/pneu-listen
bin/pneu-listen: $(LISTEN_O) $(LISTEN_L) conf-ld
	tools/load $@ $(LISTEN_O) $(LISTEN_L) -lskarnet

TESTS_P += tests/unit/admit_test
TESTS_O += tests/unit/admit_test.o
ADMIT_TEST_O = tests/unit/admit_test.o src/pneu-listen/admit.o
tests/unit/admit_test: $(ADMIT_TEST_O)
	tools/load $@ $(ADMIT_TEST_O) -lskarnet

TESTS_P += tests/unit/proxy_test
TESTS_O += tests/unit/proxy_test.o
PROXY_TEST_O = tests/unit/proxy_test.o src/pneu-listen/proxy.o
tests/unit/proxy_test: $(PROXY_TEST_O)
	tools/load $@ $(PROXY_TEST_O) -lskarnet
