DELIVER_O = src/deliver/work.o src/deliver/batch.o src/deliver/letter.o \
	src/deliver/letter_report.o \
	src/deliver/maildir.o src/deliver/mailbox.o src/deliver/delivered.o \
	src/deliver/place.o src/deliver/boxlock.o \
	src/deliver/command.o src/deliver/forward.o src/deliver/mbox.o \
	src/deliver/mboxtext.o src/deliver/outcome.o src/deliver/plan.o \
	src/deliver/scratch.o src/deliver/slow.o src/deliver/slow_commands.o
DELIVER = src/deliver/libdeliver.a
$(DELIVER): $(DELIVER_O)
	tools/archive $@ $(DELIVER_O)
# and what it needs
DELIVER_L = $(DELIVER) $(DOTFORWARD) $(ALIASES) $(MAIL) $(RUN) $(WIRE)

TESTS_P += tests/unit/delivered_test tests/unit/mailbox_test \
	tests/unit/maildir_test tests/unit/work_test
TESTS_O += tests/unit/delivered_test.o tests/unit/mailbox_test.o \
	tests/unit/maildir_test.o tests/unit/work_test.o
tests/unit/delivered_test: tests/unit/delivered_test.o $(DELIVER_L)
	tools/load $@ tests/unit/delivered_test.o $(DELIVER_L) -lskarnet
tests/unit/mailbox_test: tests/unit/mailbox_test.o $(DELIVER_L)
	tools/load $@ tests/unit/mailbox_test.o $(DELIVER_L) -lskarnet
tests/unit/maildir_test: tests/unit/maildir_test.o $(DELIVER_L)
	tools/load $@ tests/unit/maildir_test.o $(DELIVER_L) -lskarnet
tests/unit/work_test: tests/unit/work_test.o $(DELIVER_L)
	tools/load $@ tests/unit/work_test.o $(DELIVER_L) -lskarnet
TESTS_P += tests/unit/mbox_test
TESTS_O += tests/unit/mbox_test.o
tests/unit/mbox_test: tests/unit/mbox_test.o $(DELIVER_L)
	tools/load $@ tests/unit/mbox_test.o $(DELIVER_L) -lskarnet
