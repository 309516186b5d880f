SMTP_O = src/smtp/command.o src/smtp/reply.o src/smtp/data.o
SMTP = src/smtp/libsmtp.a
$(SMTP): $(SMTP_O)
	tools/archive $@ $(SMTP_O)
