Q_O = src/pneu-q/pneu-q.o src/pneu-q/item.o src/pneu-q/ctl.o \
	src/pneu-q/list_ctl.o src/pneu-q/list_disk.o src/pneu-q/print.o \
	src/pneu-q/print_json.o src/pneu-q/show.o
Q_P = bin/pneu-q
Q_L = $(SPOOL) $(RUN) $(CONF) $(TABLE) $(WIRE) $(MAIL)
bin/pneu-q: $(Q_O) $(Q_L) conf-ld
	tools/load $@ $(Q_O) $(Q_L) -lskarnet
