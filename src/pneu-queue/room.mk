QUEUE_L = src/pneu-queue/share.o src/pneu-queue/start.o \
	src/pneu-queue/input.o src/pneu-queue/bell.o \
	src/pneu-queue/reserve.o src/pneu-queue/draft.o src/pneu-queue/handin.o \
	src/pneu-queue/say.o src/pneu-queue/bcc.o \
	src/pneu-queue/worker.o src/pneu-queue/order.o \
	src/pneu-queue/orders.o
QUEUE_O = src/pneu-queue/pneu-queue.o $(QUEUE_L)
QUEUE_P = bin/pneu-queue
bin/pneu-queue: $(QUEUE_O) $(SPAWN) $(SPOOL) $(RUN) $(REWRITE) $(ALIASES) \
	    $(CONF) $(TABLE) $(MAIL) $(WIRE) conf-ld
	tools/load $@ $(QUEUE_O) $(SPAWN) $(SPOOL) $(RUN) $(REWRITE) $(ALIASES) \
	    $(CONF) $(TABLE) $(MAIL) $(WIRE) -lskarnet

TESTS_P += tests/unit/order_test
TESTS_O += tests/unit/order_test.o
ORDER_TEST_O = tests/unit/order_test.o src/pneu-queue/order.o
tests/unit/order_test: $(ORDER_TEST_O) $(SPOOL) $(RUN) $(CONF) $(TABLE) $(WIRE)
	tools/load $@ $(ORDER_TEST_O) $(SPOOL) $(RUN) $(CONF) $(TABLE) \
	    $(WIRE) -lskarnet

TESTS_P += tests/unit/bcc_test
TESTS_O += tests/unit/bcc_test.o
BCC_TEST_O = tests/unit/bcc_test.o src/pneu-queue/bcc.o
tests/unit/bcc_test: $(BCC_TEST_O) $(ALIASES) $(WIRE) $(MAIL)
	tools/load $@ $(BCC_TEST_O) $(ALIASES) $(WIRE) $(MAIL) -lskarnet

# for the crash tests: a pneu-queue that can be told to do wrong, and whose
# system calls strace can make fail (seccomp is asked first); and a reader of
# what is left
CRASH_Q_O = tests/crash/break_commit.o tests/crash/break_draft.o \
	tests/crash/break_handin.o \
	tests/crash/nojail_seccomp.o
TESTS_O += $(CRASH_Q_O) tests/crash/queuecheck.o
TOOLS_P += tests/crash/pneu-queue-broken tests/crash/queuecheck
units: tests/crash/pneu-queue-broken tests/crash/queuecheck
BROKEN_O = src/pneu-queue/pneu-queue.o src/pneu-queue/share.o \
	src/pneu-queue/start.o src/pneu-queue/input.o src/pneu-queue/bell.o \
	src/pneu-queue/reserve.o src/pneu-queue/worker.o \
	src/pneu-queue/say.o src/pneu-queue/bcc.o \
	src/pneu-queue/order.o src/pneu-queue/orders.o $(CRASH_Q_O)
tests/crash/pneu-queue-broken: $(BROKEN_O) $(SPAWN) $(SPOOL) $(RUN) $(REWRITE) \
	    $(ALIASES) $(CONF) $(TABLE) $(MAIL) $(WIRE)
	tools/load $@ $(BROKEN_O) $(SPAWN) $(SPOOL) $(RUN) $(REWRITE) $(ALIASES) \
	    $(CONF) $(TABLE) $(MAIL) $(WIRE) -lskarnet
CHECK_O = tests/crash/queuecheck.o src/pneu-queue/start.o
tests/crash/queuecheck: $(CHECK_O) $(SPOOL) $(RUN) $(CONF) $(TABLE) $(WIRE)
	tools/load $@ $(CHECK_O) $(SPOOL) $(RUN) $(CONF) $(TABLE) $(WIRE) \
	    -lskarnet
