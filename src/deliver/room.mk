DELIVER_O = src/deliver/work.o src/deliver/batch.o src/deliver/letter.o \
	src/deliver/letter_report.o \
	src/deliver/maildir.o src/deliver/mailbox.o src/deliver/delivered.o \
	src/deliver/place.o src/deliver/sync.o
DELIVER = src/deliver/libdeliver.a
$(DELIVER): $(DELIVER_O)
	tools/archive $@ $(DELIVER_O)

TESTS_P += tests/unit/delivered_test tests/unit/mailbox_test \
	tests/unit/maildir_test tests/unit/work_test
TESTS_O += tests/unit/delivered_test.o tests/unit/mailbox_test.o \
	tests/unit/maildir_test.o tests/unit/work_test.o
tests/unit/delivered_test: tests/unit/delivered_test.o $(DELIVER) $(WIRE)
	tools/load $@ tests/unit/delivered_test.o $(DELIVER) $(WIRE) -lskarnet
tests/unit/mailbox_test: tests/unit/mailbox_test.o $(DELIVER) $(WIRE)
	tools/load $@ tests/unit/mailbox_test.o $(DELIVER) $(WIRE) -lskarnet
tests/unit/maildir_test: tests/unit/maildir_test.o $(DELIVER) $(WIRE)
	tools/load $@ tests/unit/maildir_test.o $(DELIVER) $(WIRE) -lskarnet
tests/unit/work_test: tests/unit/work_test.o $(DELIVER) $(WIRE)
	tools/load $@ tests/unit/work_test.o $(DELIVER) $(WIRE) -lskarnet
