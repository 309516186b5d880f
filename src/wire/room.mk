WIRE_O = src/wire/frame.o src/wire/field.o src/wire/crc32c.o \
	src/wire/verdict.o src/wire/envelope.o src/wire/order.o \
	src/wire/route.o src/wire/routes.o src/wire/notify.o \
	src/wire/tls.o src/wire/tls_text.o src/wire/key.o src/wire/auth.o \
	src/wire/sts.o
WIRE = src/wire/libwire.a
$(WIRE): $(WIRE_O)
	tools/archive $@ $(WIRE_O)

TESTS_P += tests/unit/frame_test
TESTS_O += tests/unit/frame_test.o
tests/unit/frame_test: tests/unit/frame_test.o $(WIRE)
	tools/load $@ tests/unit/frame_test.o $(WIRE) -lskarnet

TESTS_P += tests/unit/field_test
TESTS_O += tests/unit/field_test.o
tests/unit/field_test: tests/unit/field_test.o $(WIRE)
	tools/load $@ tests/unit/field_test.o $(WIRE) -lskarnet

TESTS_P += tests/unit/verdict_test
TESTS_O += tests/unit/verdict_test.o
tests/unit/verdict_test: tests/unit/verdict_test.o $(WIRE)
	tools/load $@ tests/unit/verdict_test.o $(WIRE) -lskarnet

TESTS_P += tests/unit/envelope_test
TESTS_O += tests/unit/envelope_test.o
tests/unit/envelope_test: tests/unit/envelope_test.o $(WIRE)
	tools/load $@ tests/unit/envelope_test.o $(WIRE) -lskarnet

TESTS_P += tests/unit/wireorder_test
TESTS_O += tests/unit/wireorder_test.o
tests/unit/wireorder_test: tests/unit/wireorder_test.o $(WIRE)
	tools/load $@ tests/unit/wireorder_test.o $(WIRE) -lskarnet

TESTS_P += tests/unit/route_test
TESTS_O += tests/unit/route_test.o
tests/unit/route_test: tests/unit/route_test.o $(WIRE)
	tools/load $@ tests/unit/route_test.o $(WIRE) -lskarnet

TESTS_P += tests/unit/tls_test
TESTS_O += tests/unit/tls_test.o
tests/unit/tls_test: tests/unit/tls_test.o $(WIRE)
	tools/load $@ tests/unit/tls_test.o $(WIRE) -lskarnet

TESTS_P += tests/unit/crc32c_test
TESTS_O += tests/unit/crc32c_test.o
tests/unit/crc32c_test: tests/unit/crc32c_test.o $(WIRE)
	tools/load $@ tests/unit/crc32c_test.o $(WIRE) -lskarnet
