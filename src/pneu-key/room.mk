KEY_O = src/pneu-key/pneu-key.o src/pneu-key/files.o src/pneu-key/keys.o \
	src/pneu-key/pss.o
KEY_P = bin/pneu-key
KEY_L = $(PKI) $(RUN) $(CONF) $(TABLE) $(WIRE)
bin/pneu-key: $(KEY_O) $(KEY_L) conf-ld
	tools/load $@ $(KEY_O) $(KEY_L) -lbearssl -lskarnet
