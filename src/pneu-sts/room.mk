STSD_PURE = src/pneu-sts/decide.o
STSD_O = $(STSD_PURE) src/pneu-sts/pneu-sts.o src/pneu-sts/set.o \
	src/pneu-sts/loop.o src/pneu-sts/asker.o src/pneu-sts/ask.o \
	src/pneu-sts/domain.o src/pneu-sts/store.o src/pneu-sts/fetch.o \
	src/pneu-sts/tlsout.o
STSD_P = bin/pneu-sts
STSD_L = $(STS) $(DNS) $(SMTP) $(RUN) $(CONF) $(TABLE) $(WIRE)
bin/pneu-sts: $(STSD_O) $(STSD_L) conf-ld
	tools/load $@ $(STSD_O) $(STSD_L) -lcares -lskarnet

TESTS_P += tests/unit/stsdecide_test
TESTS_O += tests/unit/stsdecide_test.o
tests/unit/stsdecide_test: tests/unit/stsdecide_test.o $(STSD_PURE)
	tools/load $@ tests/unit/stsdecide_test.o $(STSD_PURE) -lskarnet
