RUN_O = src/run/home.o src/run/log.o src/run/service.o src/run/user.o \
	src/run/door.o src/run/own.o src/run/connect.o src/run/jail.o src/run/landlock.o \
	src/run/seccomp.o src/run/bpf.o src/run/stream.o src/run/sysexits.o \
	src/run/hand.o src/run/hand_order.o src/run/hand_io.o \
	src/run/hand_read.o src/run/pause.o src/run/sync.o
RUN = src/run/librun.a
$(RUN): $(RUN_O)
	tools/archive $@ $(RUN_O)

TESTS_P += tests/unit/hand_test
TESTS_O += tests/unit/hand_test.o
HAND_TEST_O = tests/unit/hand_test.o src/run/hand.o \
	src/run/hand_order.o src/run/hand_read.o \
	src/run/stream.o
tests/unit/hand_test: $(HAND_TEST_O) $(WIRE)
	tools/load $@ $(HAND_TEST_O) $(WIRE) -lskarnet

TESTS_P += tests/unit/jail_test
TESTS_O += tests/unit/jail_test.o
tests/unit/jail_test: tests/unit/jail_test.o $(RUN) $(CONF) $(TABLE) $(WIRE)
	tools/load $@ tests/unit/jail_test.o $(RUN) $(CONF) $(TABLE) $(WIRE) \
	    -lskarnet

TESTS_P += tests/unit/log_test
TESTS_O += tests/unit/log_test.o
tests/unit/log_test: tests/unit/log_test.o src/run/log.o
	tools/load $@ tests/unit/log_test.o src/run/log.o -lskarnet

TESTS_P += tests/unit/pause_test
TESTS_O += tests/unit/pause_test.o
tests/unit/pause_test: tests/unit/pause_test.o src/run/pause.o
	tools/load $@ tests/unit/pause_test.o src/run/pause.o -lskarnet

TESTS_P += tests/unit/own_test
TESTS_O += tests/unit/own_test.o
tests/unit/own_test: tests/unit/own_test.o src/run/own.o
	tools/load $@ tests/unit/own_test.o src/run/own.o -lskarnet

TESTS_P += tests/unit/bpf_test
TESTS_O += tests/unit/bpf_test.o
tests/unit/bpf_test: tests/unit/bpf_test.o src/run/bpf.o
	tools/load $@ tests/unit/bpf_test.o src/run/bpf.o
