MAIL_O += src/mail/address.o src/mail/date.o src/mail/received.o
MAIL = src/mail/libmail.a
$(MAIL): $(MAIL_O)
	tools/archive $@ $(MAIL_O)
