DOTFORWARD_O = src/dotforward/environment.o src/dotforward/list.o \
	src/dotforward/path.o
DOTFORWARD = src/dotforward/libdotforward.a
$(DOTFORWARD): $(DOTFORWARD_O)
	tools/archive $@ $(DOTFORWARD_O)

DOTFORWARD_L = $(DOTFORWARD) $(ALIASES) $(MAIL)
TESTS_P += tests/unit/dotforward_test
TESTS_O += tests/unit/dotforward_test.o
tests/unit/dotforward_test: tests/unit/dotforward_test.o $(DOTFORWARD_L)
	tools/load $@ tests/unit/dotforward_test.o $(DOTFORWARD_L) -lskarnet
