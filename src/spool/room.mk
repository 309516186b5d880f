SPOOL_O = src/spool/name.o src/spool/slot.o src/spool/at.o src/spool/head.o \
	src/spool/letter.o src/spool/history.o src/spool/walk.o \
	src/spool/commit.o src/spool/group.o src/spool/step.o \
	src/spool/made.o src/spool/spare.o src/spool/take.o \
	src/spool/restore.o
SPOOL = src/spool/libspool.a
$(SPOOL): $(SPOOL_O)
	tools/archive $@ $(SPOOL_O)

TESTS_P += tests/unit/name_test tests/unit/slot_test tests/unit/letter_test \
	tests/unit/spare_test
TESTS_O += tests/unit/name_test.o tests/unit/slot_test.o \
	tests/unit/letter_test.o tests/unit/spare_test.o
tests/unit/name_test: tests/unit/name_test.o $(SPOOL) $(WIRE)
	tools/load $@ tests/unit/name_test.o $(SPOOL) $(WIRE) -lskarnet
tests/unit/slot_test: tests/unit/slot_test.o $(SPOOL) $(WIRE)
	tools/load $@ tests/unit/slot_test.o $(SPOOL) $(WIRE) -lskarnet
tests/unit/letter_test: tests/unit/letter_test.o $(SPOOL) $(WIRE)
	tools/load $@ tests/unit/letter_test.o $(SPOOL) $(WIRE) -lskarnet
tests/unit/spare_test: tests/unit/spare_test.o $(SPOOL) $(WIRE)
	tools/load $@ tests/unit/spare_test.o $(SPOOL) $(WIRE) -lskarnet

# for measurements and crash tests; not installed
TOOLS_P += tests/tools/mkqueue tests/tools/handin
units: tests/tools/mkqueue tests/tools/handin
TESTS_O += tests/tools/mkqueue.o tests/tools/handin.o
tests/tools/mkqueue: tests/tools/mkqueue.o $(SPOOL) $(WIRE)
	tools/load $@ tests/tools/mkqueue.o $(SPOOL) $(WIRE) -lskarnet
tests/tools/handin: tests/tools/handin.o $(WIRE)
	tools/load $@ tests/tools/handin.o $(WIRE) -lskarnet
