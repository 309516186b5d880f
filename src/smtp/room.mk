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

TESTS_P += tests/fuzz/reply_replay tests/fuzz/data_replay \
	tests/fuzz/address_replay
TESTS_O += tests/fuzz/reply_fuzz.o tests/fuzz/data_fuzz.o \
	tests/fuzz/address_fuzz.o
tests/fuzz/reply_replay: tests/fuzz/reply_fuzz.o tests/fuzz/replay.o $(SMTP)
	tools/load $@ tests/fuzz/reply_fuzz.o tests/fuzz/replay.o $(SMTP) \
	    -lskarnet
tests/fuzz/data_replay: tests/fuzz/data_fuzz.o tests/fuzz/replay.o $(SMTP)
	tools/load $@ tests/fuzz/data_fuzz.o tests/fuzz/replay.o $(SMTP) \
	    -lskarnet
tests/fuzz/address_replay: tests/fuzz/address_fuzz.o tests/fuzz/replay.o \
	    $(SMTP) $(MAIL)
	tools/load $@ tests/fuzz/address_fuzz.o tests/fuzz/replay.o $(SMTP) \
	    $(MAIL) -lskarnet
