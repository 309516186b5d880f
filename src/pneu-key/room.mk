KEY_O = src/pneu-key/pneu-key.o src/pneu-key/files.o src/pneu-key/keys.o \
	src/pneu-key/pss.o
KEY_P = bin/pneu-key
KEY_L = $(PKI) $(RUN) $(CONF) $(TABLE) $(WIRE)

TESTS_P += tests/unit/sign_test
TESTS_O += tests/unit/sign_test.o
tests/unit/sign_test: tests/unit/sign_test.o src/pneu-key/keys.o src/pneu-key/pss.o $(KEY_L)
	tools/load $@ tests/unit/sign_test.o src/pneu-key/keys.o \
	    src/pneu-key/pss.o $(KEY_L) -lbearssl -lskarnet

bin/pneu-key: $(KEY_O) $(KEY_L) conf-ld
	tools/load $@ $(KEY_O) $(KEY_L) -lbearssl -lskarnet
