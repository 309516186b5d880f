SPAWN_O = src/spawn/crew.o
SPAWN = src/spawn/libspawn.a
$(SPAWN): $(SPAWN_O)
	tools/archive $@ $(SPAWN_O)

TESTS_P += tests/unit/crew_test
TESTS_O += tests/unit/crew_test.o
tests/unit/crew_test: tests/unit/crew_test.o $(SPAWN)
	tools/load $@ tests/unit/crew_test.o $(SPAWN)
