REWRITE_O = src/rewrite/rewrite.o
REWRITE = src/rewrite/librewrite.a
$(REWRITE): $(REWRITE_O)
	tools/archive $@ $(REWRITE_O)

TESTS_P += tests/unit/rewrite_test
TESTS_O += tests/unit/rewrite_test.o
REWRITE_TEST_L = $(REWRITE) $(ALIASES) $(CONF) $(TABLE) $(MAIL) $(WIRE)
tests/unit/rewrite_test: tests/unit/rewrite_test.o $(REWRITE_TEST_L)
	tools/load $@ tests/unit/rewrite_test.o $(REWRITE_TEST_L) -lskarnet
