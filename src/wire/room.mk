WIRE_O = src/wire/frame.o src/wire/field.o src/wire/crc32c.o \
	src/wire/verdict.o src/wire/envelope.o src/wire/order.o \
	src/wire/route.o
WIRE = src/wire/libwire.a
$(WIRE): $(WIRE_O)
	tools/archive $@ $(WIRE_O)

TESTS_P += tests/unit/frame_test
TESTS_O += tests/unit/frame_test.o
tests/unit/frame_test: tests/unit/frame_test.o $(WIRE)
	tools/load $@ tests/unit/frame_test.o $(WIRE) -lskarnet
