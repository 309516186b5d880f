MAIL_O += src/mail/address.o src/mail/date.o src/mail/received.o src/mail/template.o
MAIL_O += src/mail/header.o src/mail/header_addr.o src/mail/header_phrase.o
MAIL_O += src/mail/headmap.o src/mail/headmap_list.o src/mail/verp.o
MAIL_O += src/mail/utf8.o src/mail/punycode.o
MAIL = src/mail/libmail.a
$(MAIL): $(MAIL_O)
	tools/archive $@ $(MAIL_O)

TESTS_P += tests/unit/header_test
TESTS_O += tests/unit/header_test.o
tests/unit/header_test: tests/unit/header_test.o $(MAIL)
	tools/load $@ tests/unit/header_test.o $(MAIL) -lskarnet

TESTS_P += tests/unit/headmap_test
TESTS_O += tests/unit/headmap_test.o
tests/unit/headmap_test: tests/unit/headmap_test.o $(MAIL)
	tools/load $@ tests/unit/headmap_test.o $(MAIL) -lskarnet

TESTS_P += tests/unit/address_test tests/unit/received_test
TESTS_O += tests/unit/address_test.o tests/unit/received_test.o
tests/unit/address_test: tests/unit/address_test.o $(MAIL)
	tools/load $@ tests/unit/address_test.o $(MAIL) -lskarnet
tests/unit/received_test: tests/unit/received_test.o $(MAIL)
	tools/load $@ tests/unit/received_test.o $(MAIL) -lskarnet

TESTS_P += tests/unit/utf8_test
TESTS_O += tests/unit/utf8_test.o
tests/unit/utf8_test: tests/unit/utf8_test.o $(MAIL)
	tools/load $@ tests/unit/utf8_test.o $(MAIL) -lskarnet
