ALIASES_O = src/alias/target.o src/alias/target_item.o src/alias/step.o src/alias/path.o
ALIASES = src/alias/libalias.a
$(ALIASES): $(ALIASES_O)
	tools/archive $@ $(ALIASES_O)

TESTS_P += tests/unit/target_test
TESTS_O += tests/unit/target_test.o
tests/unit/target_test: tests/unit/target_test.o $(ALIASES) $(MAIL)
	tools/load $@ tests/unit/target_test.o $(ALIASES) $(MAIL) -lskarnet
