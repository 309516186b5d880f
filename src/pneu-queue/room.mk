QUEUE_L = src/pneu-queue/share.o src/pneu-queue/start.o \
	src/pneu-queue/input.o src/pneu-queue/bell.o \
	src/pneu-queue/reserve.o src/pneu-queue/handin.o \
	src/pneu-queue/worker.o src/pneu-queue/order.o \
	src/pneu-queue/orders.o
QUEUE_O = src/pneu-queue/pneu-queue.o $(QUEUE_L)
QUEUE_P = bin/pneu-queue
bin/pneu-queue: $(QUEUE_O) $(SPAWN) $(SPOOL) $(RUN) $(CONF) $(TABLE) \
	    $(MAIL) $(WIRE) conf-ld
	tools/load $@ $(QUEUE_O) $(SPAWN) $(SPOOL) $(RUN) $(CONF) $(TABLE) \
	    $(MAIL) $(WIRE) -lskarnet

TESTS_P += tests/unit/order_test
TESTS_O += tests/unit/order_test.o
ORDER_TEST_O = tests/unit/order_test.o src/pneu-queue/order.o
tests/unit/order_test: $(ORDER_TEST_O) $(SPOOL) $(RUN) $(CONF) $(TABLE) $(WIRE)
	tools/load $@ $(ORDER_TEST_O) $(SPOOL) $(RUN) $(CONF) $(TABLE) \
	    $(WIRE) -lskarnet

TESTS_P += tests/fuzz/queueorder_replay
TESTS_O += tests/fuzz/queueorder_fuzz.o
QORDER_REPLAY_O = tests/fuzz/queueorder_fuzz.o tests/fuzz/replay.o \
	src/pneu-queue/order.o
tests/fuzz/queueorder_replay: $(QORDER_REPLAY_O) $(SPOOL) $(RUN) $(CONF) \
	    $(TABLE) $(WIRE)
	tools/load $@ $(QORDER_REPLAY_O) $(SPOOL) $(RUN) $(CONF) $(TABLE) \
	    $(WIRE) -lskarnet
