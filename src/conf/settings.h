/* All settings: X(name, TYPE, default, min, max, unit, prose). Included
 * with X defined; no include guard. Names are Postfix's (postconf(5)) where
 * it has the setting. For NUMBER, TIME and SIZE the default is written as
 * in pneu.conf. The man page pneu.conf(5) and "pneu-conf show" are made
 * from this table. Keep it under 80 rows. */

/* who we are */
X(myhostname, STRING, "", 0, 255, "name", "our name in the greeting, HELO and Received; empty: the host's own")
X(myorigin, STRING, "$myhostname", 1, 255, "domain", "domain added to addresses without one")
X(mydestination, LIST, "$myhostname localhost", 0, 1000, "domains", "domains delivered to users of this system, beside [address] of each of its own; empty: none but these, as of a null client")
X(users, LIST, "", 0, 100, "name=uid:gid", "uids and gids of our own users; those not listed are looked up in the system")
X(listen, LIST, "0.0.0.0:25 [::]:25", 0, 100, "address:port", "where the SMTP server listens; behind the port /smtps (TLS from the first octet), /submission or /submissions (of our users, who authenticate), if that is spoken there, and +proxy behind HAProxy")

/* who may send where */
X(mynetworks, LIST, "127.0.0.1/32 [::1]/128", 0, 1000, "networks", "clients that may relay anywhere")
X(relay_domains, LIST, "", 0, 10000, "domains", "domains that we relay mail to for anyone (backup MX); with entries in the table relay_recipients, for those recipients only")
X(virtual_alias_domains, LIST, "", 0, 10000, "domains", "domains all of whose addresses are in the table virtual; those for which it has a row \"domain text\" count, too")
X(virtual_mailbox_domains, LIST, "", 0, 10000, "domains", "domains whose addresses are in the table virtual_mailboxes")
X(virtual_mailbox_base, STRING, "mailboxes", 1, 4000, "path", "directory of the virtual mailboxes, from HOME unless it begins with /")
X(virtual_transport, STRING, "", 0, 300, "nexthop", "where mail of virtual_mailbox_domains goes in place of their mailboxes, such as lmtp:unix:/path: for who is in the table virtual_mailboxes, or all if there is none")
X(virtual_user, STRING, "pneuv", 0, 255, "user", "one of our users, who owns all virtual mailboxes")
X(admin_mailbox, STRING, "postmaster", 1, 4000, "user or path", "a user, or a Maildir below virtual_mailbox_base, who gets mail for root, postmaster, mailer-daemon and abuse")

/* aliases */
X(alias_maps, LIST, "/etc/aliases", 0, 16, "files", "of aliases, from HOME unless they begin with /; the first that has a name counts")
X(auto_rebuild_aliases, BOOL, "no", 0, 1, "", "take changed alias_maps without newaliases, within some ten seconds, by a new start of pneu-alias")
X(default_privs, STRING, "nobody", 1, 255, "user", "who runs the commands and appends to the files that aliases name; not root and none of our users")

X(masquerade_domains, LIST, "", 0, 100, "domains", "that hosts below them show in place of their own name, in senders and headers of mail that comes from here or from mynetworks; !domain: not those below this one")

/* the SMTP server */
X(smtpd_banner, STRING, "ESMTP pneu", 0, 255, "text", "what follows our name in the greeting")
X(message_size_limit, SIZE, "10240000", 0, 1099511627776, "octets", "largest message taken; 0: no limit")
X(hopcount_limit, NUMBER, "100", 10, 10000, "lines", "Received lines of a message at which it is a loop")
X(smtpd_timeout, TIME, "300", 1, 3600, "s", "idle time of a client, and time of a whole command; a message must bring 100 octets a second beyond it")
X(smtpd_recipient_limit, NUMBER, "1000", 100, 50000, "recipients", "of one message")
X(smtpd_soft_error_limit, NUMBER, "10", 1, 1000, "errors", "of one session, after which each reply waits smtpd_error_sleep_time")
X(smtpd_hard_error_limit, NUMBER, "20", 1, 1000, "errors", "of one session, after which it is ended")
X(smtpd_error_sleep_time, TIME, "1", 0, 60, "s", "how long an error reply waits")
X(smtputf8_enable, BOOL, "yes", 0, 1, "", "take internationalized addresses, in UTF-8 (SMTPUTF8)")
X(smtpd_forbid_bare_newline, BOOL, "no", 0, 1, "", "refuse messages with a newline that no CR precedes, instead of taking it as a line end")
X(smtpd_authorized_xclient_hosts, LIST, "", 0, 100, "networks", "proxies and filters of ours, that may say by XCLIENT who their own client is, and by XFORWARD where a message is from")
X(smtpd_client_connection_count_limit, NUMBER, "50", 0, 100000, "connections", "at a time, of one client; 0: no limit. mynetworks are exempt")
X(smtpd_processes, NUMBER, "2", 1, 64, "processes", "that hold SMTP sessions")
X(smtpd_sessions, NUMBER, "500", 1, 20000, "sessions", "of one such process")

X(smtpd_tls_security_level, WORD, "may", 0, 0, "none|may|encrypt", "STARTTLS, where there are smtpd_tls_chain_files: not offered, offered, or needed for mail")
X(smtpd_tls_chain_files, LIST, "", 0, 64, "files", "of private keys, each with its certificates behind it in the same file or in the next one; from HOME unless they begin with /. Looked at every ten seconds, and taken anew when they have changed")

X(smtpd_sasl_auth_enable, BOOL, "no", 0, 1, "", "offer AUTH on all addresses of listen; it is always on those with /submission and /submissions")
X(smtpd_sasl_path, TEXT, "", 0, 1000, "source", "where passwords are: empty, in etc/passwd (pneu-passwd(8)); unix:/path or /path, at Dovecot's auth socket; | and a program with its arguments, of the checkpassword interface; see pneu-auth(8)")
X(smtpd_tls_auth_only, BOOL, "yes", 0, 1, "", "AUTH under TLS only")
X(smtpd_client_message_rate_limit, NUMBER, "0", 0, 1000000, "letters", "of one authenticated user an hour; 0: no limit")
X(smtpd_client_recipient_rate_limit, NUMBER, "0", 0, 10000000, "recipients", "of one authenticated user an hour; 0: no limit")

/* the SMTP client */
X(relayhost, STRING, "", 0, 300, "nexthop", "smarthost: where all mail goes that the table routes does not send elsewhere")
X(smtp_fallback_relay, LIST, "", 0, 20, "nexthops", "where mail goes whose own hosts cannot be reached")
X(smtp_bind_address, LIST, "", 0, 2, "addresses", "source addresses of our connections, one of IPv4, one of IPv6")
X(smtp_helo_name, STRING, "$myhostname", 1, 255, "name", "our name in EHLO")
X(smtp_port, NUMBER, "25", 1, 65535, "port", "where mail exchangers are reached")
X(inet_protocols, WORD, "all", 0, 0, "all|ipv4|ipv6", "protocols that we connect by")
X(dns_servers, LIST, "", 0, 8, "address:port, address:port+ad", "resolvers; empty: those of /etc/resolv.conf. What they say of DNSSEC is believed if all of them are on this host or have +ad behind them")
X(smtp_tls_security_level, WORD, "dane", 0, 0, "none|may|encrypt|dane|dane-only|verify|secure", "TLS with destinations that the table tls_policy does not name; see pneu-remote(8)")
X(smtp_tls_CAfile, STRING, "/etc/ssl/certs/ca-certificates.crt", 0, 1000, "file", "of the certificates (PEM) of those whom the levels verify and secure trust, from HOME unless it begins with /")
X(smtp_connect_timeout, TIME, "30", 1, 3600, "s", "to open a connection")
X(smtp_helo_timeout, TIME, "300", 1, 3600, "s", "for the greeting and the reply to EHLO")
X(smtp_mail_timeout, TIME, "300", 1, 3600, "s", "for each of the replies to MAIL, RCPT and DATA, and for each part of the message to leave")
X(smtp_data_done_timeout, TIME, "600", 1, 3600, "s", "for the reply to the final dot")
X(smtp_idle_time, TIME, "5", 0, 300, "s", "that a connection is kept for the next letter")
X(remote_processes, NUMBER, "1", 1, 4, "processes", "that hold SMTP client connections")

/* local delivery */
X(recipient_delimiter, STRING, "+-", 0, 8, "characters", "each of which divides user and extension")
X(home_mailbox, STRING, "Maildir/", 0, 255, "path", "mailbox of a user, from his home: a Maildir if it ends with /, else an mbox; empty: his file in mail_spool_directory")
X(mail_spool_directory, STRING, "/var/mail", 1, 1000, "path", "directory of the users' mboxes, if home_mailbox is empty")
X(mailbox_delivery_lock, LIST, "fcntl dotlock", 0, 3, "fcntl, flock, dotlock", "locks taken on an mbox and on a file that mail is appended to")
X(mailbox_command, TEXT, "", 0, 1000, "command", "run as the user, it takes all mail for mailboxes, in place of home_mailbox; see pneu-forward(5)")
X(mailbox_transport, STRING, "", 0, 300, "nexthop", "where mail of system users goes in place of their mailboxes, such as lmtp:unix:/path; their forwarding files are not read then")
X(forward_path, TEXT, "$home/.forward${recipient_delimiter}${extension}, $home/.forward", 0, 1000, "file names", "where users' forwarding files may be, see pneu-forward(5): $home/.qmail for those of dot-qmail(5); empty: nowhere")
X(min_uid, NUMBER, "1000", 1, 4294967294, "uid", "users below it get no mail")
X(local_workers, NUMBER, "200", 1, 10000, "processes", "delivery processes, of one user each, that are kept")
X(local_time_limit, TIME, "300", 1, 86400, "s", "that a delivery process may be silent with mail in hand, before it is killed and the mail left for later; a user's command may take nine tenths of it")

/* when */
X(minimal_backoff_time, TIME, "300", 1, 604800, "s", "first time between attempts of a letter, and that a dead site is left alone")
X(maximal_backoff_time, TIME, "4000", 1, 604800, "s", "longest such time")
X(backoff, WORD, "exponential", 0, 0, "exponential|quadratic", "how that time grows")
X(maximal_queue_lifetime, TIME, "5d", 0, 8640000, "s", "age at which a letter is bounced")
X(bounce_queue_lifetime, TIME, "5d", 0, 8640000, "s", "the same for bounces")
X(local_concurrency, NUMBER, "20", 1, 1000, "deliveries", "to local mailboxes at a time")
X(remote_concurrency, NUMBER, "100", 1, 5000, "deliveries", "to other hosts at a time")
X(default_destination_concurrency_limit, NUMBER, "20", 1, 1000, "deliveries", "to one destination at a time")
X(default_destination_recipient_limit, NUMBER, "50", 1, 1000, "recipients", "of one delivery")
X(qmgr_message_active_limit, NUMBER, "8000", 16, 100000, "letters", "that pneu-send keeps in memory")

/* bounces */
X(2bounce_notice_recipient, STRING, "postmaster", 1, 1000, "address", "who is told of bounces that cannot be delivered")
X(delay_warning_time, TIME, "4h", 0, 8640000, "s", "age at which the sender of a letter that waits is told so, once; 0: never")
X(bounce_template_file, STRING, "", 0, 1000, "file", "texts of notifications, as bounce(5) of Postfix has them, from HOME unless it begins with /; see pneu-bounce(8)")
X(bounce_size_limit, SIZE, "50000", 0, 1073741824, "octets", "of the original message that a bounce holds; of larger ones only the header")

/* the queue */
X(queue_minfree, SIZE, "64m", 0, 1099511627776, "octets", "of the disk that only bounces, history and orders may use, and a file for each 64k of it (64m: 1024)")
X(intake_workers, NUMBER, "16", 1, 120, "processes", "that commit letters from the SMTP server and bounces; beside them half as many, but two at least, for those of local callers")
