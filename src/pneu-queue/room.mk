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
