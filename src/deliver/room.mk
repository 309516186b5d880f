DELIVER_O = src/deliver/work.o src/deliver/batch.o src/deliver/letter.o \
	src/deliver/maildir.o src/deliver/mailbox.o src/deliver/delivered.o \
	src/deliver/place.o src/deliver/sync.o
DELIVER = src/deliver/libdeliver.a
$(DELIVER): $(DELIVER_O)
	tools/archive $@ $(DELIVER_O)
