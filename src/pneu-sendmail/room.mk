SENDMAIL_O = src/pneu-sendmail/pneu-sendmail.o src/pneu-sendmail/flags.o
SENDMAIL_P = bin/pneu-sendmail
SENDMAIL_L = $(SUBMIT) $(RUN) $(CONF) $(TABLE) $(WIRE) $(MAIL)
bin/pneu-sendmail: $(SENDMAIL_O) $(SENDMAIL_L) conf-ld tools/load-static
	tools/load-static $@ $(SENDMAIL_O) $(SENDMAIL_L) -lskarnet
