TABLE_O = src/table/table.o
TABLE = src/table/libtable.a
$(TABLE): $(TABLE_O) conf-ld tools/table
	tools/table $@ $(TABLE_O)

TESTS_P += tests/unit/table_test
TESTS_O += tests/unit/table_test.o
tests/unit/table_test: tests/unit/table_test.o $(TABLE)
	tools/load $@ tests/unit/table_test.o $(TABLE) -lskarnet
