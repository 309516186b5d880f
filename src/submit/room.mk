SUBMIT_O = src/submit/text.o src/submit/input.o src/submit/rcpts.o \
	src/submit/compose.o src/submit/compose_missing.o \
	src/submit/caller.o src/submit/handin.o src/submit/submit.o
SUBMIT = src/submit/libsubmit.a
$(SUBMIT): $(SUBMIT_O)
	tools/archive $@ $(SUBMIT_O)

TESTS_P += tests/unit/submit_test
TESTS_O += tests/unit/submit_test.o
tests/unit/submit_test: tests/unit/submit_test.o $(SUBMIT) $(WIRE) $(MAIL)
	tools/load $@ tests/unit/submit_test.o $(SUBMIT) $(WIRE) $(MAIL) \
	    -lskarnet
