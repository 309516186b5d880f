SEND_X = src/pneu-send/turn.o src/pneu-send/mail.o \
	src/pneu-send/load.o src/pneu-send/route.o src/pneu-send/job.o \
	src/pneu-send/report.o src/pneu-send/taken.o \
	src/pneu-send/settle.o src/pneu-send/tell.o \
	src/pneu-send/queue.o src/pneu-send/peer.o \
	src/pneu-send/dirs.o src/pneu-send/known.o src/pneu-send/scan.o \
	src/pneu-send/cursor.o \
	src/pneu-send/judge.o src/pneu-send/job_run.o \
	src/pneu-send/bell.o src/pneu-send/sites.o src/pneu-send/say.o \
	src/pneu-send/ctl.o src/pneu-send/ctl_room.o \
	src/pneu-send/ctl_list.o src/pneu-send/flush.o \
	src/pneu-send/ctl_item.o src/pneu-send/wish.o src/pneu-send/watch.o
SEND_O = src/pneu-send/pneu-send.o $(SEND_X)
SEND_P = bin/pneu-send
SEND_L = $(SCHED) $(SPOOL) $(RUN) $(CONF) $(TABLE) $(WIRE) $(MAIL)
bin/pneu-send: $(SEND_O) $(SEND_L) conf-ld
	tools/load $@ $(SEND_O) $(SEND_L) -lskarnet

TESTS_P += tests/unit/send_test
TESTS_O += tests/unit/send_test.o tests/unit/send_world.o
SEND_TEST_O = tests/unit/send_test.o tests/unit/send_world.o
tests/unit/send_test: $(SEND_TEST_O) $(SEND_X) $(SEND_L)
	tools/load $@ $(SEND_TEST_O) $(SEND_X) $(SEND_L) -lskarnet

TESTS_P += tests/unit/send_edges_test
TESTS_O += tests/unit/send_edges_test.o
SEND_EDGES_O = tests/unit/send_edges_test.o tests/unit/send_world.o
tests/unit/send_edges_test: $(SEND_EDGES_O) $(SEND_X) $(SEND_L)
	tools/load $@ $(SEND_EDGES_O) $(SEND_X) $(SEND_L) -lskarnet

TESTS_P += tests/unit/send_tell_test
TESTS_O += tests/unit/send_tell_test.o
SEND_TELL_O = tests/unit/send_tell_test.o tests/unit/send_world.o
tests/unit/send_tell_test: $(SEND_TELL_O) $(SEND_X) $(SEND_L)
	tools/load $@ $(SEND_TELL_O) $(SEND_X) $(SEND_L) -lskarnet

TESTS_P += tests/unit/send_forward_test
TESTS_O += tests/unit/send_forward_test.o
SEND_FORWARD_O = tests/unit/send_forward_test.o tests/unit/send_world.o
tests/unit/send_forward_test: $(SEND_FORWARD_O) $(SEND_X) $(SEND_L)
	tools/load $@ $(SEND_FORWARD_O) $(SEND_X) $(SEND_L) -lskarnet

TESTS_P += tests/unit/ctl_test
TESTS_O += tests/unit/ctl_test.o
CTL_TEST_O = tests/unit/ctl_test.o tests/unit/send_world.o
tests/unit/ctl_test: $(CTL_TEST_O) $(SEND_X) $(SEND_L)
	tools/load $@ $(CTL_TEST_O) $(SEND_X) $(SEND_L) -lskarnet
