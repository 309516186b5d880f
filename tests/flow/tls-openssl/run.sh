#!/bin/bash
# The story tls again, with a pneu-tls on OpenSSL (conf-tls).
make -s tests/tools/pneu-tls-openssl || { echo "not ok 1 - builds"; echo 1..1; exit 1; }
PNEU_TLS=openssl exec tests/flow/tls/run.sh
