LSPAWN_O = src/pneu-lspawn/pneu-lspawn.o src/pneu-lspawn/crew.o \
	src/pneu-lspawn/roster.o src/pneu-lspawn/worker.o \
	src/pneu-lspawn/forker.o \
	src/pneu-lspawn/become.o src/pneu-lspawn/lookup.o \
	src/pneu-lspawn/known.o \
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
