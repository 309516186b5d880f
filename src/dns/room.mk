DNS_O = src/dns/dns.o src/dns/dnsmsg.o
DNS = src/dns/libdns.a
src/dns/libdns.a: $(DNS_O)
	tools/archive $@ $(DNS_O)

TESTS_P += tests/unit/dnsmsg_test
TESTS_O += tests/unit/dnsmsg_test.o
tests/unit/dnsmsg_test: tests/unit/dnsmsg_test.o $(DNS)
	tools/load $@ tests/unit/dnsmsg_test.o $(DNS) -lskarnet
