Q_O = src/pneu-q/pneu-q.o src/pneu-q/change.o src/pneu-q/match.o src/pneu-q/item.o src/pneu-q/ctl.o \
	src/pneu-q/list_ctl.o src/pneu-q/list_disk.o src/pneu-q/print.o \
	src/pneu-q/print_json.o src/pneu-q/show.o
Q_P = bin/pneu-q
Q_L = $(SPOOL) $(RUN) $(CONF) $(TABLE) $(WIRE) $(MAIL)
bin/pneu-q: $(Q_O) $(Q_L) conf-ld
	tools/load $@ $(Q_O) $(Q_L) -lskarnet

TESTS_P += tests/unit/mailq_test
TESTS_O += tests/unit/mailq_test.o
MAILQ_TEST_O = tests/unit/mailq_test.o src/pneu-q/item.o src/pneu-q/print.o \
	src/pneu-q/print_json.o src/pneu-q/show.o src/pneu-q/match.o
tests/unit/mailq_test: $(MAILQ_TEST_O) $(SPOOL) $(WIRE)
	tools/load $@ $(MAILQ_TEST_O) $(SPOOL) $(WIRE) -lskarnet
