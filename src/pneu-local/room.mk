LOCAL_O = src/pneu-local/pneu-local.o
LOCAL_P = bin/pneu-local
bin/pneu-local: $(LOCAL_O) $(DELIVER_L) conf-ld
	tools/load $@ $(LOCAL_O) $(DELIVER_L) -lskarnet
