PASSWD_O = src/pneu-passwd/pneu-passwd.o src/pneu-passwd/edit.o \
	src/pneu-passwd/ask.o
PASSWD_P = bin/pneu-passwd
PASSWD_L = $(RUN) $(CONF) $(TABLE) $(SASL) $(WIRE)
bin/pneu-passwd: $(PASSWD_O) $(PASSWD_L) conf-ld
	tools/load $@ $(PASSWD_O) $(PASSWD_L) -lskarnet
