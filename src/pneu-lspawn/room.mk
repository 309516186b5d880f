LSPAWN_O = src/pneu-lspawn/pneu-lspawn.o src/pneu-lspawn/crew.o \
	src/pneu-lspawn/roster.o src/pneu-lspawn/worker.o \
	src/pneu-lspawn/forker.o \
	src/pneu-lspawn/become.o src/pneu-lspawn/lookup.o \
	src/pneu-lspawn/known.o \
	src/pneu-lspawn/plain.o src/pneu-lspawn/pool.o \
	src/pneu-lspawn/pool_take.o \
	src/pneu-lspawn/runner.o src/pneu-lspawn/guise.o \
	src/pneu-lspawn/closeall.o src/pneu-lspawn/userplace.o
LSPAWN_P = bin/pneu-lspawn
LSPAWN_L = $(DELIVER) $(DOTFORWARD) $(ALIASES) $(MAIL) $(RUN) \
	$(CONF) $(TABLE) $(WIRE)
bin/pneu-lspawn: $(LSPAWN_O) $(LSPAWN_L) conf-ld
	tools/load $@ $(LSPAWN_O) $(LSPAWN_L) -lskarnet

TESTS_P += tests/unit/lspawn_test tests/unit/known_test
TESTS_O += tests/unit/lspawn_test.o tests/unit/known_test.o
LSPAWN_TEST_O = tests/unit/lspawn_test.o src/pneu-lspawn/worker.o
tests/unit/lspawn_test: $(LSPAWN_TEST_O) $(LSPAWN_L)
	tools/load $@ $(LSPAWN_TEST_O) $(RUN) $(CONF) $(TABLE) $(WIRE) -lskarnet
KNOWN_TEST_O = tests/unit/known_test.o src/pneu-lspawn/known.o
tests/unit/known_test: $(KNOWN_TEST_O)
	tools/load $@ $(KNOWN_TEST_O)

# for the crash tests: system calls that strace makes fail must not be asked
# of seccomp first
LSPAWN_OPEN_O = $(LSPAWN_O) tests/crash/nojail_seccomp.o
TOOLS_P += tests/crash/pneu-lspawn-open
units: tests/crash/pneu-lspawn-open
tests/crash/pneu-lspawn-open: $(LSPAWN_OPEN_O) $(LSPAWN_L)
	tools/load $@ $(LSPAWN_OPEN_O) $(LSPAWN_L) -lskarnet

TESTS_P += tests/unit/plain_test
TESTS_O += tests/unit/plain_test.o
PLAIN_TEST_O = tests/unit/plain_test.o src/pneu-lspawn/plain.o
tests/unit/plain_test: $(PLAIN_TEST_O) $(CONF) $(TABLE) $(WIRE)
	tools/load $@ $(PLAIN_TEST_O) $(CONF) $(TABLE) $(WIRE) -lskarnet

TESTS_P += tests/unit/pool_test
TESTS_O += tests/unit/pool_test.o
POOL_TEST_O = tests/unit/pool_test.o src/pneu-lspawn/pool.o \
	src/pneu-lspawn/pool_take.o \
	src/pneu-lspawn/plain.o src/pneu-lspawn/worker.o
tests/unit/pool_test: $(POOL_TEST_O) src/pneu-lspawn/guise.o $(LSPAWN_L)
	tools/load $@ $(POOL_TEST_O) src/pneu-lspawn/guise.o $(LSPAWN_L) \
	    -lskarnet
