# X.509 and keys as files have them. Links BearSSL.
PKI_O = src/pki/der.o src/pki/cert.o src/pki/cert_name.o src/pki/pair.o \
	src/pki/pem.o src/pki/key.o
PKI = src/pki/libpki.a
$(PKI): $(PKI_O)
	tools/archive $@ $(PKI_O)
