SEND_O = src/pneu-send/pneu-send.o src/pneu-send/mail.o \
	src/pneu-send/load.o src/pneu-send/route.o src/pneu-send/job.o \
	src/pneu-send/report.o src/pneu-send/taken.o \
	src/pneu-send/settle.o src/pneu-send/queue.o src/pneu-send/peer.o \
	src/pneu-send/dirs.o src/pneu-send/known.o src/pneu-send/scan.o \
	src/pneu-send/bell.o src/pneu-send/sites.o src/pneu-send/say.o \
	src/pneu-send/ctl.o src/pneu-send/ctl_list.o \
	src/pneu-send/ctl_item.o
SEND_P = bin/pneu-send
SEND_L = $(SCHED) $(SPOOL) $(RUN) $(CONF) $(TABLE) $(WIRE)
bin/pneu-send: $(SEND_O) $(SEND_L) conf-ld
	tools/load $@ $(SEND_O) $(SEND_L) -lskarnet
