# dovecot.sh: Dovecot's passwords, for Postfix and Exim; for "." in run.sh
D=$M/dovecot
mkdir -p "$D/run"
echo "bob:$(doveadm pw -s SCRAM-SHA-256 -p secret)" >"$D/users"
chmod 644 "$D/users"
cat >"$D/conf" <<C
base_dir = $D/run
log_path = $D/log
protocols =
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login scram-sha-256
auth_failure_delay = 0
first_valid_uid = 0
default_internal_user = root
default_internal_group = root
default_login_user = root
passdb {
  driver = passwd-file
  args = scheme=SCRAM-SHA-256 username_format=%u $D/users
}
userdb {
  driver = static
  args = uid=0 gid=0 home=/nonexistent
}
service auth {
  user = root
  unix_listener $D/auth {
    mode = 0666
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
C
dovecot -F -c "$D/conf" >"$D/out" 2>&1 &
later $!
