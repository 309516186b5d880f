SMTP_O = src/smtp/command.o src/smtp/verb.o src/smtp/reply.o src/smtp/data.o src/smtp/chunk.o \
	src/smtp/limits.o src/smtp/nexthop.o src/smtp/xattr.o
SMTP = src/smtp/libsmtp.a
$(SMTP): $(SMTP_O)
	tools/archive $@ $(SMTP_O)

TESTS_P += tests/unit/reply_test tests/unit/data_test tests/unit/command_test \
	tests/unit/xattr_test
TESTS_O += tests/unit/reply_test.o tests/unit/data_test.o \
	tests/unit/command_test.o tests/unit/xattr_test.o
tests/unit/reply_test: tests/unit/reply_test.o $(SMTP)
	tools/load $@ tests/unit/reply_test.o $(SMTP) -lskarnet
tests/unit/data_test: tests/unit/data_test.o $(SMTP)
	tools/load $@ tests/unit/data_test.o $(SMTP) -lskarnet
tests/unit/command_test: tests/unit/command_test.o $(SMTP) $(MAIL)
	tools/load $@ tests/unit/command_test.o $(SMTP) $(MAIL) -lskarnet
tests/unit/xattr_test: tests/unit/xattr_test.o $(SMTP) $(MAIL)
	tools/load $@ tests/unit/xattr_test.o $(SMTP) $(MAIL) -lskarnet
