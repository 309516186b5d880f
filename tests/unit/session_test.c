#include "tap.h"
#include "host.h"

#define HELLO "EHLO c.test\r\n"
#define MAIL HELLO "MAIL FROM:<s@c.test>\r\n"
#define RCPT MAIL "RCPT TO:<u@us.test>\r\n"
#define DATA RCPT "DATA\r\n"

#define GREET "220 mx.us.test ESMTP pneu\r\n"
#define R_EHLO(size) "250-mx.us.test\r\n250-PIPELINING\r\n250-SIZE" size \
	"\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n" \
	"250-CHUNKING\r\n250-LIMITS RCPTMAX=100\r\n250 HELP\r\n"
#define R_TLS GREET "250-mx.us.test\r\n250-PIPELINING\r\n250-SIZE\r\n" \
	"250-STARTTLS\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n" \
	"250-DSN\r\n250-CHUNKING\r\n250-LIMITS RCPTMAX=100\r\n250 HELP\r\n"
#define R_HELLO GREET R_EHLO("")
#define R_UTF8 "250-mx.us.test\r\n250-PIPELINING\r\n250-SIZE\r\n" \
	"250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n" \
	"250-SMTPUTF8\r\n250-CHUNKING\r\n250-LIMITS RCPTMAX=100\r\n250 HELP\r\n"
#define R_MAIL R_HELLO "250 2.1.0 Ok\r\n"
#define R_RCPT R_MAIL "250 2.1.5 Ok\r\n"
#define R_DATA R_RCPT "354 End data with <CR><LF>.<CR><LF>\r\n"
#define R_DONE R_DATA "250 2.0.0 Ok: queued as A1B2\r\n"
#define BYE "221 2.0.0 Bye\r\n"

#define ENV "{client=unknown[192.0.2.9]\nhelo=c.test\nproto=ESMTP\n" \
	"sender=s@c.test\nrcpt=u@us.test\n"

enum { TRUSTED = 1, FORBID = 2, SMALL = 4, NOALIAS = 8, NOQUEUE = 16,
	LATER = 32, NEVER = 64, BREAK1 = 128, BREAK2 = 256, FULL = 512,
	TIGHT = 1024, UTF8 = 2048 };

static const struct dialogue {
	const char *what;
	int flags;
	const char *in, *out, *letters;
} dialogues[] = {
{ "greeting alone", 0, "", GREET, "" },
{ "quit", 0, "QUIT\r\n", GREET BYE, "" },
{ "HELO", 0, "HELO c.test\r\n", GREET "250 mx.us.test\r\n", "" },
{ "HELO without a name", 0, "HELO\r\nEHLO \r\n", GREET
  "501 Syntax: HELO hostname\r\n501 Syntax: EHLO hostname\r\n", "" },
{ "a letter", 0, DATA "Subject: x\r\n\r\nbody\r\n.\r\nQUIT\r\n", R_DONE BYE,
  ENV "Subject: x\n\nbody\n}" },
{ "two letters", 0, DATA "a\r\n.\r\nMAIL FROM:<s@c.test>\r\n"
  "RCPT TO:<u@us.test>\r\nDATA\r\nb\r\n.\r\n", R_DONE "250 2.1.0 Ok\r\n"
  "250 2.1.5 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n"
  "250 2.0.0 Ok: queued as A1B2\r\n", ENV "a\n}" ENV "b\n}" },
{ "an empty letter", 0, DATA ".\r\n", R_DONE, ENV "}" },
{ "dots", 0, DATA "..\r\n..a\r\n.b\r\n.\r\n", R_DONE, ENV ".\n.a\nb\n}" },
{ "SMTP, null sender, BODY, SIZE", 0, "helo c.test\r\n"
  "mail from:<> body=8bitmime size=12\r\nrcpt to:<u@us.test>\r\ndata\r\n"
  "x\r\n.\r\n", GREET "250 mx.us.test\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n"
  "354 End data with <CR><LF>.<CR><LF>\r\n250 2.0.0 Ok: queued as A1B2\r\n",
  "{client=unknown[192.0.2.9]\nhelo=c.test\nproto=SMTP\nsender=\n"
  "body=8BITMIME\nrcpt=u@us.test\nx\n}" },
{ "TAB for a space, a final dot", 0, "HELO\tc.test\r\n"
  "MAIL\tFROM:\t<a@b.test.>\tBODY=7BIT\t\r\n"
  "RCPT TO:<\"u\tv\"@us.test>\r\nRCPT TO:<u@us.test>\tX\r\n"
  "RCPT\tTO:<u@us.test.>\r\nDATA\t\r\nx\ty\r\n.\r\n",
  GREET "250 mx.us.test\r\n250 2.1.0 Ok\r\n"
  "501 5.1.3 Bad recipient address syntax\r\n"
  "555 5.5.4 Unsupported option: X\r\n250 2.1.5 Ok\r\n"
  "354 End data with <CR><LF>.<CR><LF>\r\n250 2.0.0 Ok: queued as A1B2\r\n",
  "{client=unknown[192.0.2.9]\nhelo=c.test\nproto=SMTP\nsender=a@b.test\n"
  "body=7BIT\nrcpt=u@us.test\nx\ty\n}" },
{ "order of commands", 0, "MAIL FROM:<a@b.test>\r\nRCPT TO:<u@us.test>\r\n"
  "DATA\r\n" HELLO "RCPT TO:<u@us.test>\r\nDATA\r\nMAIL FROM:<a@b.test>\r\n"
  "MAIL FROM:<a@b.test>\r\nDATA\r\n", GREET
  "503 5.5.1 Error: send HELO/EHLO first\r\n"
  "503 5.5.1 Error: send HELO/EHLO first\r\n"
  "503 5.5.1 Error: send HELO/EHLO first\r\n"
  R_EHLO("")
  "503 5.5.1 Error: need MAIL command\r\n"
  "503 5.5.1 Error: need MAIL command\r\n250 2.1.0 Ok\r\n"
  "503 5.5.1 Error: nested MAIL command\r\n"
  "554 5.5.1 Error: no valid recipients\r\n", "" },
{ "RSET and EHLO end a transaction", 0, RCPT "RSET\r\nDATA\r\n", R_RCPT
  "250 2.0.0 Ok\r\n503 5.5.1 Error: need MAIL command\r\n", "" },
{ "other commands", 0, "NOOP\r\nNOOP x y\r\nVRFY u\r\nVRFY\r\nEXPN l\r\n"
  "HELP\r\nRSET x\r\nSTARTTLS\r\nFOO\r\n\r\n", GREET "250 2.0.0 Ok\r\n"
  "250 2.0.0 Ok\r\n252 2.0.0 Cannot VRFY user, but will accept message and "
  "attempt delivery\r\n501 5.5.4 Syntax: VRFY address\r\n"
  "502 5.5.1 Error: command not implemented\r\n214-2.0.0 Commands: HELO EHLO"
  " STARTTLS MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT\r\n"
  "214 2.0.0 SMTP is described in RFC 5321\r\n501 5.5.4 Syntax: RSET\r\n"
  "454 4.7.0 TLS not available due to local problem\r\n"
  "500 5.5.2 Error: command not recognized\r\n"
  "500 5.5.2 Error: command not recognized\r\n", "" },
{ "HTTP", 0, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", GREET
  "221 2.7.0 Error: I can break rules, too. Goodbye.\r\n", "" },
{ "syntax of MAIL", 0, HELLO "MAIL\r\nMAIL FROM\r\nMAIL FROM:\r\n"
  "MAIL FROM:<a b@c>\r\nMAIL FROM:<a@b.test> FOO\r\n"
  "MAIL FROM:<a@b.test> AUTH=<>\r\nMAIL FROM:<a@b.test> SIZE=x\r\n"
  "MAIL FROM:<a@b.test> BODY=x\r\nMAIL FROM:<a>\r\n"
  "MAIL FROM: <a@b.test>  SIZE=3 \r\n", R_HELLO
  "501 5.5.4 Syntax: MAIL FROM:<address>\r\n"
  "501 5.5.4 Syntax: MAIL FROM:<address>\r\n"
  "501 5.5.4 Syntax: MAIL FROM:<address>\r\n"
  "501 5.1.7 Bad sender address syntax\r\n"
  "555 5.5.4 Unsupported option: FOO\r\n"
  "555 5.5.4 Unsupported option: AUTH=<>\r\n"
  "501 5.5.4 Bad message size syntax\r\n"
  "555 5.5.4 Unsupported option: BODY=x\r\n"
  "504 5.5.2 <a>: Sender address rejected: need fully-qualified address\r\n"
  "250 2.1.0 Ok\r\n", "" },
{ "syntax of RCPT", 0, MAIL "RCPT TO:<>\r\nRCPT TO:<a@b\r\n"
  "RCPT TO:<u@us.test> FOO=NEVER\r\nRCPT TO:<root>\r\n"
  "RCPT TO:<a@b>c\r\nRCPT TO:\r\nRCPT TO: u@us.test\r\n", R_MAIL
  "501 5.1.3 Bad recipient address syntax\r\n"
  "501 5.1.3 Bad recipient address syntax\r\n"
  "555 5.5.4 Unsupported option: FOO=NEVER\r\n"
  "504 5.5.2 <root>: Recipient address rejected: need fully-qualified "
  "address\r\n501 5.1.3 Bad recipient address syntax\r\n"
  "501 5.5.4 Syntax: RCPT TO:<address>\r\n250 2.1.5 Ok\r\n", "" },
{ "syntax of DSN parameters", 0, HELLO "MAIL FROM:<a@b.test> RET=X\r\n"
  "MAIL FROM:<a@b.test> RET=FULL RET=FULL\r\nMAIL FROM:<a@b.test> ENVID=\r\n"
  "MAIL FROM:<a@b.test> NOTIFY=NEVER\r\nMAIL FROM:<a@b.test> ret=hdrs\r\n"
  "RCPT TO:<u@us.test> NOTIFY=NEVER,DELAY\r\nRCPT TO:<u@us.test> NOTIFY=\r\n"
  "RCPT TO:<u@us.test> ORCPT=u@us.test\r\n", R_HELLO
  "501 5.5.4 Bad RET parameter syntax\r\n501 5.5.4 Bad RET parameter syntax"
  "\r\n501 5.5.4 Bad ENVID parameter syntax\r\n"
  "555 5.5.4 Unsupported option: NOTIFY=NEVER\r\n250 2.1.0 Ok\r\n"
  "501 5.5.4 Bad NOTIFY parameter syntax\r\n"
  "501 5.5.4 Bad NOTIFY parameter syntax\r\n"
  "501 5.5.4 Bad ORCPT parameter syntax\r\n", "" },
{ "DSN parameters", 0, HELLO "MAIL FROM:<s@c.test> ENVID=QQ+2B RET=hdrs\r\n"
  "RCPT TO:<u@us.test> ORCPT=rfc822;x+2Bu@z NOTIFY=delay,success\r\n"
  "RCPT TO:<v@us.test>\r\nRCPT TO:<w@us.test> NOTIFY=never\r\n"
  "DATA\r\n.\r\n", R_MAIL "250 2.1.5 Ok\r\n250 2.1.5 Ok\r\n250 2.1.5 Ok\r\n"
  "354 End data with <CR><LF>.<CR><LF>\r\n250 2.0.0 Ok: queued as A1B2\r\n",
  "{client=unknown[192.0.2.9]\nhelo=c.test\nproto=ESMTP\n"
  "sender=s@c.test\nret=HDRS\nenvid=QQ+2B\nrcpt=u@us.test\n"
  "notify=SUCCESS,DELAY\norcpt=rfc822;x+2Bu@z\nrcpt=v@us.test\n"
  "rcpt=w@us.test\nnotify=NEVER\n}" },
{ "postmaster", 0, MAIL "RCPT TO:<PostMaster>\r\nDATA\r\n.\r\n", R_DONE,
  "{client=unknown[192.0.2.9]\nhelo=c.test\nproto=ESMTP\n"
  "sender=s@c.test\nrcpt=PostMaster\n}" },
{ "addresses without a domain from friends", TRUSTED, HELLO
  "MAIL FROM:<root>\r\nRCPT TO:<u>\r\nDATA\r\n.\r\n", R_DONE,
  "{client=unknown[192.0.2.9]\nhelo=c.test\nproto=ESMTP\n"
  "sender=root@us.test\nrcpt=u@us.test\n}" },
{ "a recipient said twice gets one", 0, MAIL "RCPT TO:<u@us.test>\r\n"
  "RCPT TO:<v@us.test>\r\nRCPT TO:<u@us.test>\r\nDATA\r\n.\r\n", R_MAIL
  "250 2.1.5 Ok\r\n250 2.1.5 Ok\r\n250 2.1.5 Ok\r\n"
  "354 End data with <CR><LF>.<CR><LF>\r\n250 2.0.0 Ok: queued as A1B2\r\n",
  ENV "rcpt=v@us.test\n}" },
{ "recipients refused among others", 0, MAIL "RCPT TO:<nobody@us.test>\r\n"
  "RCPT TO:<u@us.test>\r\nRCPT TO:<a@b.test>\r\nRCPT TO:<later@us.test>\r\n"
  "RCPT TO:<>\r\nRCPT TO:<nobody@mx.test>\r\nRCPT TO:<v@mx.test>\r\n"
  "DATA\r\n.\r\n", R_MAIL
  "550 5.1.1 <nobody@us.test>: Recipient address rejected: User unknown in "
  "local recipient table\r\n250 2.1.5 Ok\r\n"
  "554 5.7.1 <a@b.test>: Relay access denied\r\n"
  "451 4.3.0 <later@us.test>: Recipient address rejected: try later\r\n"
  "501 5.1.3 Bad recipient address syntax\r\n"
  "550 5.1.1 <nobody@mx.test>: Recipient address rejected: User unknown in "
  "relay recipient table\r\n250 2.1.5 Ok\r\n"
  "354 End data with <CR><LF>.<CR><LF>\r\n250 2.0.0 Ok: queued as A1B2\r\n",
  ENV "rcpt=v@mx.test\n}" },
{ "no spelling relays", 0, MAIL "RCPT TO:<x%b.test@us.test>\r\n"
  "RCPT TO:<@us.test:x@b.test>\r\nRCPT TO:<\"x@b.test\"@us.test>\r\n"
  "RCPT TO:<b.test!x@us.test>\r\nRCPT TO:<x@b.test@us.test>\r\n"
  "RCPT TO:<x@[127.0.0.1]>\r\nRCPT TO:<x@us.test@b.test>\r\n"
  "RCPT TO:x@b.test\r\n", R_MAIL
  "550 5.1.1 <x%b.test@us.test>: Recipient address rejected: User unknown in "
  "local recipient table\r\n554 5.7.1 <x@b.test>: Relay access denied\r\n"
  "550 5.1.1 <\"x@b.test\"@us.test>: Recipient address rejected: User "
  "unknown in local recipient table\r\n"
  "550 5.1.1 <b.test!x@us.test>: Recipient address rejected: User unknown in "
  "local recipient table\r\n501 5.1.3 Bad recipient address syntax\r\n"
  "554 5.7.1 <x@[127.0.0.1]>: Relay access denied\r\n"
  "501 5.1.3 Bad recipient address syntax\r\n"
  "554 5.7.1 <x@b.test>: Relay access denied\r\n", "" },
{ "friends relay", TRUSTED, MAIL "RCPT TO:<@us.test:x@b.test>\r\nDATA\r\n"
  ".\r\n", R_DONE, "{client=unknown[192.0.2.9]\nhelo=c.test\nproto=ESMTP\n"
  "sender=s@c.test\nrcpt=x@b.test\n}" },
{ "all recipients refused", 0, MAIL "RCPT TO:<nobody@us.test>\r\nDATA\r\n",
  R_MAIL "550 5.1.1 <nobody@us.test>: Recipient address rejected: User "
  "unknown in local recipient table\r\n"
  "554 5.5.1 Error: no valid recipients\r\n", "" },
{ "pneu-alias is not there", NOALIAS, RCPT, R_MAIL
  "451 4.3.0 <u@us.test>: Temporary lookup failure\r\n", "" },
{ "pneu-queue is not there", NOQUEUE, DATA "x\r\n.\r\nNOOP\r\n", R_DATA
  "451 4.3.0 Error: queue service unavailable\r\n250 2.0.0 Ok\r\n", "" },
{ "pneu-queue says later", LATER, DATA "x\r\n.\r\nNOOP\r\n", R_DATA
  "452 4.3.1 no space\r\n250 2.0.0 Ok\r\n", ENV "x\n}" },
{ "pneu-queue says never", NEVER, DATA "x\r\n.\r\n", R_DATA
  "554 5.6.0 not this one\r\n", ENV "x\n}" },
{ "pneu-queue goes away once", BREAK1, DATA "x\r\n.\r\n", R_DONE,
  ENV "x\n}" ENV "x\n}" },
{ "pneu-queue goes away twice", BREAK2, DATA "x\r\n.\r\nNOOP\r\n", R_DATA
  "451 4.3.0 Error: queue file write error\r\n250 2.0.0 Ok\r\n",
  ENV "x\n}" ENV "x\n}" },
{ "SIZE over the limit", SMALL, HELLO "MAIL FROM:<s@c.test> SIZE=101\r\n"
  "MAIL FROM:<s@c.test> SIZE=100\r\n", GREET R_EHLO(" 100")
  "552 5.3.4 Message size exceeds fixed limit\r\n250 2.1.0 Ok\r\n", "" },
{ "a loop", 0, DATA "Received: 1\r\nReceived: 2\r\nReceived: 3\r\n"
  "Received: 4\r\nreceived: 5\r\nX-Received: n\r\nReceived: 6\r\n"
  "Received: 7\r\nReceived: 8\r\nReceived: 9\r\nReceived: 10\r\n\r\n.\r\n",
  R_DATA "554 5.4.6 Error: too many hops\r\n", "" },
{ "nearly a loop", 0, DATA "Received: 1\r\nReceived: 2\r\nReceived: 3\r\n"
  "Received: 4\r\nReceived: 5\r\nReceived: 6\r\nReceived: 7\r\n"
  "Received: 8\r\nReceived: 9\r\n\r\nReceived: 10\r\n.\r\n", R_DONE,
  ENV "Received: 1\nReceived: 2\nReceived: 3\nReceived: 4\nReceived: 5\n"
  "Received: 6\nReceived: 7\nReceived: 8\nReceived: 9\n\nReceived: 10\n}" },
{ "smuggling: LF . LF", 0, DATA "a\n.\nMAIL FROM:<x@y.test>\r\n.\r\n",
  R_DONE, ENV "a\n.\nMAIL FROM:<x@y.test>\n}" },
{ "smuggling: LF . CRLF", 0, DATA "a\n.\r\nMAIL FROM:<x@y.test>\r\n.\r\n",
  R_DONE, ENV "a\n.\nMAIL FROM:<x@y.test>\n}" },
{ "smuggling: CRLF . LF", 0, DATA "a\r\n.\nMAIL FROM:<x@y.test>\r\n.\r\n",
  R_DONE, ENV "a\n.\nMAIL FROM:<x@y.test>\n}" },
{ "smuggling: CR . CR", 0, DATA "a\r.\rMAIL FROM:<x@y.test>\r\n.\r\n",
  R_DONE, ENV "a . MAIL FROM:<x@y.test>\n}" },
{ "smuggling: CR . CRLF", 0, DATA "a\r.\r\nMAIL FROM:<x@y.test>\r\n.\r\n",
  R_DONE, ENV "a .\nMAIL FROM:<x@y.test>\n}" },
{ "smuggling: CRLF . CR", 0, DATA "a\r\n.\rMAIL FROM:<x@y.test>\r\n.\r\n",
  R_DONE, ENV "a\n MAIL FROM:<x@y.test>\n}" },
{ "smuggling: CRLF CR . CRLF", 0, DATA "a\r\n.\r.\r\n.\r\n",
  R_DONE, ENV "a\n .\n}" },
{ "smuggling, for friends too", TRUSTED, DATA "a\n.\nx\r\n.\r\n",
  R_DONE, ENV "a\n.\nx\n}" },
{ "bare LF, a line end", 0, DATA "a\n.b\nc\r\n.\r\n", R_DONE,
  ENV "a\nb\nc\n}" },
{ "bare LF, forbidden", FORBID, DATA "a\nb\r\n.\r\nNOOP\n", R_DATA
  "550 5.5.2 Error: bare <LF> received\r\n"
  "550 5.5.2 Error: bare <LF> received\r\n", "" },
{ "commands that end in LF", 0, "EHLO c.test\nMAIL FROM:<s@c.test>\n"
  "RCPT TO:<u@us.test>\nDATA\na\n.\n\r\n.\r\nQUIT\n", R_DONE BYE,
  ENV "a\n.\n\n}" },
{ "SIZE over the free space", TIGHT, HELLO
  "MAIL FROM:<s@c.test> SIZE=101\r\nMAIL FROM:<s@c.test> SIZE=99\r\n"
  "RSET\r\nMAIL FROM:<s@c.test>\r\n", R_HELLO
  "452 4.3.1 Insufficient system storage\r\n250 2.1.0 Ok\r\n"
  "250 2.0.0 Ok\r\n250 2.1.0 Ok\r\n", "" },
{ "no free space", FULL, MAIL, R_HELLO
  "452 4.3.1 Insufficient system storage\r\n", "" },
{ "too many errors", 0, "A\r\nA\r\nA\r\nA\r\nA\r\nA\r\nA\r\nA\r\nA\r\nA\r\n"
  "A\r\nA\r\nA\r\nA\r\nA\r\nA\r\nA\r\nA\r\nA\r\nA\r\nA\r\nA\r\n",
#define NO "500 5.5.2 Error: command not recognized\r\n"
  GREET NO NO NO NO NO NO NO NO NO NO NO NO NO NO NO NO NO NO NO NO
  "421 4.7.0 mx.us.test Error: too many errors\r\n", "" },
{ "BDAT in one", 0, RCPT "BDAT 8 LAST\r\na: b\r\n\r\nQUIT\r\n", R_RCPT
  "250 2.0.0 Ok: queued as A1B2\r\n" BYE, ENV "a: b\n\n}" },
{ "BDAT in chunks, pipelined", 0, RCPT "BDAT 3\r\na\r\nbdat 4\r\nb\r\nc"
  "BDAT 5 last\r\nd\r\n.\rBDAT 3 LAST\r\nx\r\n" MAIL, R_RCPT
  "250 2.0.0 Ok: 3 octets\r\n250 2.0.0 Ok: 4 octets\r\n"
  "250 2.0.0 Ok: queued as A1B2\r\n503 5.5.1 Error: need MAIL command\r\n"
  R_EHLO("") "250 2.1.0 Ok\r\n", ENV "a\nb\ncd\n. \n}" },
{ "BDAT 0 LAST ends it", 0, RCPT "BDAT 2\r\nx\rBDAT 1\r\n\nBDAT 0 LAST\r\n",
  R_RCPT "250 2.0.0 Ok: 2 octets\r\n250 2.0.0 Ok: 1 octets\r\n"
  "250 2.0.0 Ok: queued as A1B2\r\n", ENV "x\n}" },
{ "an empty letter by BDAT", 0, RCPT "BDAT 0\r\nBDAT 0 LAST\r\n", R_RCPT
  "250 2.0.0 Ok: 0 octets\r\n250 2.0.0 Ok: queued as A1B2\r\n", ENV "}" },
{ "dots, bare CR and LF, no last line end, in BDAT", 0, RCPT
  "BDAT 26 LAST\r\n..\r\n.\r\n.\n.\r\r\nQUIT\r\nx\r.\r\nyNOOP\r\n", R_RCPT
  "250 2.0.0 Ok: queued as A1B2\r\n500 5.5.2 Error: command not recognized"
  "\r\n", ENV "..\n.\n.\n. \nQUIT\nx .\nyN\n}" },
{ "bare LF in BDAT, forbidden", FORBID, RCPT "BDAT 4\r\na\nb\nBDAT 2 LAST"
  "\r\nxxMAIL FROM:<s@c.test>\r\n", R_RCPT
  "550 5.5.2 Error: bare <LF> received\r\n"
  "551 5.0.0 Discarded 2 octets after earlier error\r\n250 2.1.0 Ok\r\n",
  "" },
{ "a BDAT line that ends in LF, forbidden: its octets are no commands",
  FORBID, RCPT "BDAT 6 LAST\nQUIT\r\nRSET\r\n", R_RCPT
  "550 5.5.2 Error: bare <LF> received\r\n250 2.0.0 Ok\r\n", "" },
{ "BDAT before its time", 0, "BDAT 6\r\nQUIT\r\n" HELLO
  "BDAT 6 LAST\r\nQUIT\r\nMAIL FROM:<s@c.test>\r\nBDAT 6 LAST\r\nQUIT\r\n"
  "RCPT TO:<nobody@us.test>\r\nBDAT 2 LAST\r\n\r\nRCPT TO:<u@us.test>\r\n"
  "BDAT 3 LAST\r\nx\r\n", GREET "503 5.5.1 Error: send HELO/EHLO first\r\n"
  R_EHLO("") "503 5.5.1 Error: need MAIL command\r\n250 2.1.0 Ok\r\n"
  "503 5.5.1 Error: need RCPT command\r\n"
  "550 5.1.1 <nobody@us.test>: Recipient address rejected: User unknown in "
  "local recipient table\r\n554 5.5.1 Error: no valid recipients\r\n"
  "250 2.1.5 Ok\r\n250 2.0.0 Ok: queued as A1B2\r\n", ENV "x\n}" },
{ "syntax of BDAT", 0, RCPT "BDAT\r\nBDAT x\r\nBDAT -1\r\nBDAT 6 FIRST\r\n"
  "QUIT\r\nBDAT 1 LAST\r\nx", R_RCPT
  "501 5.5.4 Syntax: BDAT count [LAST]\r\n"
  "501 5.5.4 Syntax: BDAT count [LAST]\r\n"
  "501 5.5.4 Syntax: BDAT count [LAST]\r\n"
  "501 5.5.4 Syntax: BDAT count [LAST]\r\n"
  "250 2.0.0 Ok: queued as A1B2\r\n", ENV "x\n}" },
{ "BDAT of more than can be counted", 0, RCPT
  "BDAT 18446744073709551616 LAST\r\nQUIT\r\n", R_RCPT
  "501 5.5.4 Syntax: BDAT count [LAST]\r\n", "" },
{ "MAIL, RCPT and DATA between chunks", 0, RCPT "BDAT 2\r\nxx"
  "MAIL FROM:<x@y.test>\r\nRCPT TO:<v@us.test>\r\nDATA\r\nBDAT 1 LAST\r\ny",
  R_RCPT "250 2.0.0 Ok: 2 octets\r\n503 5.5.1 Error: nested MAIL command\r\n"
  "503 5.5.1 Error: RCPT after BDAT\r\n503 5.5.1 Error: DATA after BDAT\r\n"
  "250 2.0.0 Ok: queued as A1B2\r\n", ENV "xxy\n}" },
{ "RSET between chunks", 0, RCPT "BDAT 2\r\nxxRSET\r\nBDAT 2 LAST\r\n\r\n"
  "MAIL FROM:<s@c.test>\r\nRCPT TO:<u@us.test>\r\nDATA\r\ny\r\n.\r\n", R_RCPT
  "250 2.0.0 Ok: 2 octets\r\n250 2.0.0 Ok\r\n"
  "503 5.5.1 Error: need MAIL command\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n"
  "354 End data with <CR><LF>.<CR><LF>\r\n250 2.0.0 Ok: queued as A1B2\r\n",
  ENV "y\n}" },
{ "BDAT too big", SMALL, "HELO c.test\r\nMAIL FROM:<s@c.test>\r\n"
  "RCPT TO:<u@us.test>\r\nBDAT 99\r\n"
  "123456789 123456789 123456789 123456789 123456789 123456789 123456789 "
  "123456789 123456789 12345678\nBDAT 2\r\n\r\nBDAT 4 LAST\r\nRSETNOOP\r\n"
  "MAIL FROM:<s@c.test>\r\nRCPT TO:<u@us.test>\r\nBDAT 101 LAST\r\n"
  "123456789 123456789 123456789 123456789 123456789 123456789 123456789 "
  "123456789 123456789 123456789\nxNOOP\r\n", GREET
  "250 mx.us.test\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n"
  "250 2.0.0 Ok: 99 octets\r\n552 5.3.4 Chunk exceeds message size limit\r\n"
  "551 5.0.0 Discarded 4 octets after earlier error\r\n250 2.0.0 Ok\r\n"
  "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n"
  "552 5.3.4 Chunk exceeds message size limit\r\n250 2.0.0 Ok\r\n", "" },
{ "BDAT, pneu-queue is not there", NOQUEUE, RCPT "BDAT 1 LAST\r\nxNOOP\r\n",
  R_RCPT "451 4.3.0 Error: queue service unavailable\r\n250 2.0.0 Ok\r\n",
  "" },
{ "BDAT, pneu-queue says never", NEVER, RCPT "BDAT 1 LAST\r\nxNOOP\r\n",
  R_RCPT "554 5.6.0 not this one\r\n250 2.0.0 Ok\r\n", ENV "x\n}" },
{ "BDAT, pneu-queue goes away once", BREAK1, RCPT "BDAT 1\r\nxBDAT 0 LAST\r\n",
  R_RCPT "250 2.0.0 Ok: 1 octets\r\n250 2.0.0 Ok: queued as A1B2\r\n",
  ENV "x\n}" ENV "x\n}" },
{ "a loop by BDAT", 0, RCPT "BDAT 60\r\nReceived:\nReceived:\nReceived:\n"
  "Received:\nReceived:\nReceived:\nBDAT 50 LAST\r\nReceived:\nReceived:\n"
  "Received:\nReceived:\nReceived:\n", R_RCPT "250 2.0.0 Ok: 60 octets\r\n"
  "554 5.4.6 Error: too many hops\r\n", "" },
{ "SMTPUTF8", UTF8, HELLO "MAIL FROM:<j\303\266rg@b\303\274cher.test> SIZE=3 "
  "smtputf8\r\nRCPT TO:<\346\235\216@us.test> ORCPT=utf-8;\346\235\216@z\r\n"
  "RCPT TO:<u@us.test> ORCPT=utf-8;j\\x{F6}rg@z\r\n"
  "RCPT TO:<\366@us.test>\r\nRCPT TO:<v@us.test> ORCPT=utf-8;\366@z\r\n"
  "DATA\r\nSubject: \303\274\r\n.\r\n", GREET R_UTF8 "250 2.1.0 Ok\r\n"
  "250 2.1.5 Ok\r\n250 2.1.5 Ok\r\n501 5.1.3 Bad recipient address syntax\r\n"
  "501 5.5.4 Bad ORCPT parameter syntax\r\n"
  "354 End data with <CR><LF>.<CR><LF>\r\n250 2.0.0 Ok: queued as A1B2\r\n",
  "{client=unknown[192.0.2.9]\nhelo=c.test\nproto=UTF8SMTP\n"
  "sender=j\303\266rg@xn--bcher-kva.test\nsmtputf8=1\n"
  "rcpt=\346\235\216@us.test\norcpt=utf-8;\346\235\216@z\nrcpt=u@us.test\n"
  "orcpt=utf-8;j\\x{F6}rg@z\nSubject: \303\274\n}" },
{ "UTF-8 without SMTPUTF8", UTF8, HELLO "MAIL FROM:<j\303\266rg@b.test>\r\n"
  "MAIL FROM:<a@b\303\274.test> SIZE=1\r\nMAIL FROM:<j\366rg@b.test> SMTPUTF8"
  "\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<j\303\266rg@us.test>\r\nRSET\r\n"
  "RCPT TO:<u@us.test> SMTPUTF8\r\nVRFY j\303\266rg\r\n"
  "VRFY j\303\266rg SMTPUTF8\r\nVRFY u SMTPUTF8\r\n", GREET R_UTF8
  "553 5.6.7 Address is not ASCII\r\n553 5.6.7 Address is not ASCII\r\n"
  "501 5.1.7 Bad sender address syntax\r\n250 2.1.0 Ok\r\n"
  "553 5.6.7 Address is not ASCII\r\n250 2.0.0 Ok\r\n"
  "503 5.5.1 Error: need MAIL command\r\n553 5.6.7 Address is not ASCII\r\n"
  "252 2.0.0 Cannot VRFY user, but will accept message and "
  "attempt delivery\r\n252 2.0.0 Cannot VRFY user, but will accept message "
  "and attempt delivery\r\n", "" },
{ "SMTPUTF8 not offered", 0, HELLO "MAIL FROM:<a@b.test> SMTPUTF8\r\n"
  "MAIL FROM:<j\303\266rg@b.test>\r\n", R_HELLO
  "555 5.5.4 Unsupported option: SMTPUTF8\r\n"
  "553 5.6.7 Address is not ASCII\r\n", "" },
};
#define NDIALOGUES (sizeof dialogues / sizeof dialogues[0])

static void
prepare(struct host *h, const struct dialogue *d, int late)
{
	host_init(h);
	h->late = late;
	h->c.forbid_lf = (d->flags & FORBID) != 0;
	h->c.utf8 = (d->flags & UTF8) != 0;
	h->c.size = d->flags & SMALL ? 100 : 0;
	h->room = d->flags & FULL ? 0 : d->flags & TIGHT ? 100 : UINT64_MAX;
	h->noalias = (d->flags & NOALIAS) != 0;
	h->noqueue = (d->flags & NOQUEUE) != 0;
	h->kind = d->flags & LATER ? 'L' : d->flags & NEVER ? 'N' : 'D';
	h->breaks = d->flags & BREAK1 ? 1 : d->flags & BREAK2 ? 2 : 0;
	host_begin_session(h, d->flags & TRUSTED);
}

/* Play it in three parts, cut at a and b. Returns 1 if all is as expected. */
static int
play(const struct dialogue *d, int late, size_t a, size_t b, int tell)
{
	struct host h;
	size_t n = strlen(d->in);
	int fine;

	prepare(&h, d, late);
	host_feed(&h, d->in, a);
	host_feed(&h, d->in + a, b - a);
	host_feed(&h, d->in + b, n - b);
	host_end(&h);
	fine = h.out.len == strlen(d->out) &&
	    !memcmp(h.out.s, d->out, h.out.len) &&
	    h.letters.len == strlen(d->letters) &&
	    (!h.letters.len || !memcmp(h.letters.s, d->letters, h.letters.len));
	if (!fine && tell)
		printf("# late %d cut %zu %zu\n# got:\n%.*s# letters:\n%.*s\n",
		    late, a, b, (int)h.out.len, h.out.s, (int)h.letters.len,
		    h.letters.len ? h.letters.s : "");
	host_free(&h);
	return fine;
}

static void
test_dialogues(void)
{
	size_t i, a;

	for (i = 0; i < NDIALOGUES; i++) {
		const struct dialogue *d = dialogues + i;
		size_t n = strlen(d->in);
		int split = 1;

		ok(play(d, 0, 0, 0, 1), "%s", d->what);
		ok(play(d, 1, 0, 0, 1), "%s, answered late", d->what);
		for (a = 0; a <= n; a++)
			split &= play(d, 0, a, a, split) &&
			    play(d, 1, a, a + (a < n), split);
		ok(split, "%s, cut at each octet", d->what);
	}
}

static void
feeds(struct host *h, const char *s)
{
	host_feed(h, s, strlen(s));
}

static int
ends_in(const stralloc *sa, const char *s)
{
	size_t n = strlen(s);

	return sa->len >= n && !memcmp(sa->s + sa->len - n, s, n);
}

static void
test_lines(void)
{
	struct host h;
	char line[SMTP_LINE_OCTETS + 1];
	size_t i;

	host_init(&h);
	host_begin_session(&h, 0);
	memset(line, 'x', sizeof line);
	memcpy(line, "NOOP ", 5);
	line[SMTP_LINE_OCTETS - 2] = '\r';
	line[SMTP_LINE_OCTETS - 1] = '\n';
	host_feed(&h, line, SMTP_LINE_OCTETS);
	ok(ends_in(&h.out, "\r\n250 2.0.0 Ok\r\n"), "the longest line");
	line[SMTP_LINE_OCTETS - 2] = 'x';
	line[SMTP_LINE_OCTETS - 1] = '\r';
	line[SMTP_LINE_OCTETS] = '\n';
	host_feed(&h, line, sizeof line);
	ok(ends_in(&h.out, "Ok\r\n500 5.5.2 Error: line too long\r\n"),
	    "one octet more");
	for (i = 0; i < 1000; i++)
		host_feed(&h, line, 500);
	feeds(&h, "\r\nNOOP\r\n");
	ok(ends_in(&h.out, "Ok\r\n500 5.5.2 Error: line too long\r\n"
	    "500 5.5.2 Error: line too long\r\n250 2.0.0 Ok\r\n"),
	    "much more: told once, passed over to its end");
	host_end(&h);
	host_free(&h);
}

static void
test_recipients(void)
{
	struct host h;
	int i, late, fine;
	char line[64];

	for (late = 0; late < 2; late++) {
		host_init(&h);
		h.late = late;
		host_begin_session(&h, 0);
		feeds(&h, MAIL);
		h.out.len = 0;
		for (fine = 1, i = 0; i < 101; i++) {
			sprintf(line, "RCPT TO:<u%d@us.test>\r\n", i);
			feeds(&h, line);
		}
		feeds(&h, "NOOP\r\n");
		while (host_event(&h))
			;
		for (i = 0; i < 100; i++)
			fine &= !memcmp(h.out.s + 14 * i, "250 2.1.5 Ok\r\n",
			    14);
		ok(fine, "100 recipients, late %d", late);
		ok(ends_in(&h.out, "Ok\r\n452 4.5.3 Error: too many recipients"
		    "\r\n250 2.0.0 Ok\r\n"), "and no more");
		feeds(&h, "DATA\r\n.\r\n");
		while (host_event(&h))
			;
		ok(strstr((stralloc_0(&h.letters), h.letters.s),
		    "rcpt=u0@us.test\nrcpt=u1@us.test\nrcpt=u2@us.test\n"),
		    "in their order");
		host_end(&h);
		host_free(&h);
	}
}

/* Messages that stream, in steps of any size. */
static void
test_big(void)
{
	static char text[300000];
	struct host h;
	size_t i, step, want;
	int late;

	for (i = 0; i < sizeof text; i++)
		text[i] = i % 72 == 70 ? '\r' : i % 72 == 71 ? '\n' : 'x';
	want = sizeof text - sizeof text / 72;
	for (late = 0; late < 2; late++)
		for (step = 4000; step < 200000; step *= 5) {
			host_init(&h);
			h.late = late;
			host_begin_session(&h, 0);
			feeds(&h, DATA);
			for (i = 0; i < sizeof text; i += step)
				host_feed(&h, text + i, sizeof text - i < step
				    ? sizeof text - i : step);
			ok(late || h.letters.len > 200000,
			    "a big letter streams");
			feeds(&h, "\r\n.\r\n");
			while (host_event(&h))
				;
			ok(ends_in(&h.out, "Ok: queued as A1B2\r\n") &&
			    h.letters.len == want + strlen(ENV) + 2 &&
			    ends_in(&h.letters, "xx\n}"),
			    "all of it, late %d, in steps of %zu", late, step);
			host_end(&h);
			host_free(&h);
		}

	for (late = 0; late < 2; late++)
		for (step = 4000; step <= 100000; step *= 5) {
			host_init(&h);
			h.late = late;
			host_begin_session(&h, 0);
			feeds(&h, RCPT);
			for (i = 0; i < sizeof text; i += step) {
				char line[40];

				snprintf(line, sizeof line, "BDAT %zu%s\r\n",
				    step, i + step < sizeof text ? "" :
				    " LAST");
				feeds(&h, line);
				host_feed(&h, text + i, step);
			}
			while (host_event(&h))
				;
			ok(ends_in(&h.out, "Ok: queued as A1B2\r\n") &&
			    h.letters.len == want + strlen(ENV) + 2 &&
			    ends_in(&h.letters, "xx\n}"),
			    "by BDAT %zu, late %d", step, late);
			host_end(&h);
			host_free(&h);
		}

	host_init(&h);
	host_begin_session(&h, 0);
	feeds(&h, RCPT "BDAT 290000\r\n");
	host_feed(&h, text, 290000);
	feeds(&h, "RSET\r\n");
	ok(ends_in(&h.letters, "~") && ends_in(&h.out,
	    "Ok: 290000 octets\r\n250 2.0.0 Ok\r\n"),
	    "RSET after a big chunk: taken back");
	host_end(&h);
	host_free(&h);

	host_init(&h);
	host_begin_session(&h, 0);
	feeds(&h, RCPT "BDAT 290000\r\n");
	host_feed(&h, text, 290000);
	h.kind = 'L';
	host_verdict(&h);
	feeds(&h, "BDAT 1\r\nxBDAT 1 LAST\r\nxNOOP\r\n");
	ok(ends_in(&h.out, "octets\r\n452 4.3.1 no space\r\n551 5.0.0 Discarded "
	    "1 octets after earlier error\r\n250 2.0.0 Ok\r\n") &&
	    ends_in(&h.letters, "~"), "an early verdict between chunks");
	host_end(&h);
	host_free(&h);

	host_init(&h);
	h.c.size = 200000;
	host_begin_session(&h, 0);
	feeds(&h, DATA);
	host_feed(&h, text, sizeof text);
	feeds(&h, "\r\n.\r\nNOOP\r\n");
	ok(ends_in(&h.out, "552 5.3.4 Error: message file too big\r\n"
	    "250 2.0.0 Ok\r\n") && ends_in(&h.letters, "~"),
	    "too big: taken back, told at the end");
	host_end(&h);
	host_free(&h);

	host_init(&h);
	host_begin_session(&h, 0);
	feeds(&h, DATA);
	host_feed(&h, text, sizeof text);
	h.kind = 'L';
	host_verdict(&h);
	feeds(&h, "\r\n.\r\nNOOP\r\n");
	ok(ends_in(&h.out, "452 4.3.1 no space\r\n250 2.0.0 Ok\r\n") &&
	    ends_in(&h.letters, "~"), "an early verdict");
	host_end(&h);
	host_free(&h);

	host_init(&h);
	host_begin_session(&h, 0);
	feeds(&h, DATA);
	host_feed(&h, text, sizeof text);
	host_end(&h);
	ok(ends_in(&h.letters, "~"), "a client that leaves in the midst");
	host_free(&h);

	host_init(&h);
	host_begin_session(&h, 0);
	feeds(&h, DATA);
	host_feed(&h, text, sizeof text);
	session_verdict(&h.s, 0, h.now);
	h.last = 0;
	feeds(&h, "\r\n.\r\n");
	ok(ends_in(&h.out, "451 4.3.0 Error: queue file write error\r\n"),
	    "pneu-queue dies in the midst");
	host_end(&h);
	host_free(&h);
}

static void
test_time(void)
{
	struct host h;

	host_init(&h);
	host_begin_session(&h, 0);
	feeds(&h, HELLO);
	ok(session_deadline(&h.s) == h.now + 300000, "idle time");
	session_tick(&h.s, h.now + 299999);
	ok(!session_over(&h.s), "not yet");
	session_tick(&h.s, h.now + 300000);
	host_drain(&h);
	ok(ends_in(&h.out,
	    "421 4.4.2 mx.us.test Error: timeout exceeded\r\n") &&
	    session_over(&h.s), "timeout");
	host_free(&h);

	host_init(&h);
	host_begin_session(&h, 0);
	while (session_wants(&h.s))
		session_feed(&h.s, "HELP\r\n", 6, h.now);
	ok(h.s.out.len < SESSION_OUT_OCTETS + 512,
	    "a client that reads nothing is not read");
	session_tick(&h.s, h.now + 300000);
	ok(session_over(&h.s), "nor kept for ever");
	host_free(&h);

	host_init(&h);
	h.late = 1;
	host_begin_session(&h, 0);
	feeds(&h, RCPT);
	session_tick(&h.s, h.now += SESSION_ASK_MS);
	host_drain(&h);
	ok(ends_in(&h.out, "Temporary lookup failure\r\n"),
	    "pneu-alias hangs");
	host_answer(&h, h.q[0].tag, h.q[0].addr);
	host_drain(&h);
	ok(ends_in(&h.out, "Temporary lookup failure\r\n") &&
	    !h.s.nrcpts, "a late answer changes nothing");
	h.nq = 0;
	host_end(&h);
	host_free(&h);

	host_init(&h);
	h.late = 1;
	h.c.soft = 1;
	host_begin_session(&h, 0);
	feeds(&h, "A\r\n");
	ok(!h.s.wake, "an error");
	feeds(&h, "A\r\n");
	ok(h.s.wake == h.now + 1000 && !session_wants(&h.s) &&
	    !session_says(&h.s), "the next one's reply waits");
	session_tick(&h.s, h.now + 1000);
	ok(session_says(&h.s) && session_wants(&h.s), "and comes");
	host_end(&h);
	host_free(&h);
}

/* Octets one at a time, each so many ms after the one before. Returns 1 if
 * the session outlives them. */
static int
trickle(struct host *h, const char *s, size_t n, uint64_t ms)
{
	size_t i;

	for (i = 0; i < n && !session_over(&h->s); i++) {
		h->now += ms;
		session_tick(&h->s, h->now);
		session_feed(&h->s, s + i % strlen(s), 1, h->now);
		host_drain(h);
	}
	return !session_over(&h->s);
}

static void
test_trickle(void)
{
	struct host h;
	const char late[] = "421 4.4.2 mx.us.test Error: timeout exceeded\r\n";

	host_init(&h);
	host_begin_session(&h, 0);
	ok(!trickle(&h, "NOOP                   ", 23, 299000) &&
	    ends_in(&h.out, late), "a command has its time");
	host_free(&h);

	host_init(&h);
	host_begin_session(&h, 0);
	ok(trickle(&h, "EHLO c.test\r\nNOOP\r\n", 19, 20000),
	    "a slow one gets it");
	host_free(&h);

	host_init(&h);
	host_begin_session(&h, 0);
	feeds(&h, DATA);
	ok(!trickle(&h, "x", 10, 299000) && ends_in(&h.out, late),
	    "who trickles a message");
	host_free(&h);

	host_init(&h);
	host_begin_session(&h, 0);
	feeds(&h, RCPT "BDAT 10\r\n");
	ok(!trickle(&h, "x", 10, 299000) && ends_in(&h.out, late),
	    "who trickles a chunk");
	host_free(&h);

	host_init(&h);
	host_begin_session(&h, 0);
	feeds(&h, RCPT);
	ok(!trickle(&h, "BDAT 1\r\nx", 900, 10000) && ends_in(&h.out, late),
	    "who trickles chunks");
	host_free(&h);

	host_init(&h);
	host_begin_session(&h, 0);
	feeds(&h, DATA);
	ok(trickle(&h, "hardly alive\r\n", 100000, 9), "who is slow");
	session_tick(&h.s, h.now += 299000);
	ok(!session_over(&h.s), "may also stall");
	ok(trickle(&h, "x", 100000, 9), "and be slow again");
	host_free(&h);

	host_init(&h);
	h.c.timeout_ms = 5000;
	h.late = 1;
	host_begin_session(&h, 0);
	feeds(&h, DATA);
	while (!h.wantsway)
		feeds(&h, "0123456789012345678901234567890123456789\r\n");
	session_tick(&h.s, h.now += 20000);
	host_event(&h);
	host_drain(&h);
	ok(!session_over(&h.s), "waiting for pneu-queue is not the client's");
	session_hold(&h.s, 1, h.now);
	session_tick(&h.s, h.now += 20000);
	ok(!session_over(&h.s) && !session_wants(&h.s),
	    "nor is that it takes no more for now");
	session_hold(&h.s, 0, h.now);
	session_tick(&h.s, h.now += 4000);
	ok(!session_over(&h.s) && session_wants(&h.s), "after that it is");
	session_hold(&h.s, 1, h.now);
	session_tick(&h.s, h.now += SESSION_COMMIT_MS);
	session_hold(&h.s, 0, h.now);
	feeds(&h, "\r\n.\r\n");
	host_drain(&h);
	ok(ends_in(&h.out, "451 4.3.0 Error: queue file write error\r\n"),
	    "pneu-queue hangs in the midst");
	host_end(&h);
	host_free(&h);
}

static int
map_all(void *x, stralloc *to, const struct header_addr *a,
    enum headmap_kind k)
{
	(void)k;
	return *(int *)x ? -1 : strcmp(a->s, "a@b.test") ? 0 :
	    stralloc_cats(to, "new@b.test");
}

/* Headers of those who are trusted are mapped, in whatever parts they come. */
static void
test_headers(void)
{
	static const char mail[] = "EHLO c.test\r\nMAIL FROM:<a@b.test>\r\n"
	    "RCPT TO:<u@us.test>\r\nDATA\r\nFrom: a@b.test\r\nTo: c@d.test,"
	    "\r\n a@b.test\r\n\r\nTo: a@b.test\r\n.\r\n";
	static const char want[] = "From: new@b.test\nTo: c@d.test,\n"
	    " new@b.test\n\nTo: a@b.test\n}";
	static const char same[] = "From: a@b.test\nTo: c@d.test,\n"
	    " a@b.test\n\nTo: a@b.test\n}";
	struct host h;
	int broken = 0, trusted;
	size_t i;

	for (trusted = 0; trusted < 2; trusted++) {
		host_init(&h);
		h.c.map = map_all;
		h.c.mapx = &broken;
		host_begin_session(&h, trusted);
		for (i = 0; i < sizeof mail - 1; i++)
			host_feed(&h, mail + i, 1);
		host_feed(&h, mail + 13, sizeof mail - 14);
		while (host_event(&h))
			;
		ok(ends_in(&h.letters, trusted ? want : same) &&
		    h.committed == 2, "a header, %s",
		    trusted ? "mapped" : "as it came");
		host_end(&h);
		host_free(&h);
	}
	host_init(&h);
	h.c.map = map_all;
	h.c.mapx = &broken;
	broken = 1;
	host_begin_session(&h, 1);
	host_feed(&h, mail, sizeof mail - 1);
	while (host_event(&h))
		;
	ok(ends_in(&h.out, "451 4.3.0 Error: table lookup failure\r\n") &&
	    !h.committed, "a table that cannot be read");
	host_end(&h);
	host_free(&h);
}

static void
test_limits(void)
{
	struct host h;
	int i;

	host_init(&h);
	h.c.rcpts = 10;
	host_begin_session(&h, 0);
	feeds(&h, MAIL);
	for (i = 0; i < 110; i++)
		feeds(&h, "RCPT TO:<u@us.test>\r\n");
	feeds(&h, "DATA\r\n");
	host_drain(&h);
	ok(ends_in(&h.out, "452 4.5.3 Error: too many recipients\r\n"
	    "354 End data with <CR><LF>.<CR><LF>\r\n"),
	    "too many recipients are no errors of the client");
	host_end(&h);
	host_free(&h);

	host_init(&h);
	host_begin_session(&h, 0);
	for (i = 0; i < 1000 && !session_over(&h.s); i++) {
		feeds(&h, HELLO);
		if (h.s.wake)
			session_tick(&h.s, h.now = h.s.wake);
		host_drain(&h);
	}
	ok(session_over(&h.s) && i < 200, "EHLO for ever");
	host_free(&h);
}

static void
test_finish(void)
{
	struct host h;
	const char bye[] =
	    "421 4.3.2 mx.us.test Error: service shutting down\r\n";

	host_init(&h);
	host_begin_session(&h, 0);
	session_finish(&h.s, 0, h.now);
	host_drain(&h);
	ok(ends_in(&h.out, bye) && session_over(&h.s), "finish: idle");
	host_free(&h);

	host_init(&h);
	host_begin_session(&h, 0);
	feeds(&h, RCPT);
	session_finish(&h.s, 1, h.now);
	ok(!session_over(&h.s), "softly: the transaction goes on");
	feeds(&h, "DATA\r\nx\r\n.\r\n");
	while (host_event(&h))
		;
	host_drain(&h);
	ok(strstr((stralloc_0(&h.out), h.out.s), "queued as") &&
	    session_over(&h.s), "and then it ends");
	host_free(&h);

	host_init(&h);
	h.late = 1;
	host_begin_session(&h, 0);
	feeds(&h, DATA "x\r\n.\r\n");
	host_event(&h);
	session_finish(&h.s, 0, h.now);
	ok(!session_over(&h.s), "a letter in commit is waited for");
	host_event(&h);
	host_drain(&h);
	ok(ends_in(&h.out, bye) && h.committed == 1, "then it ends");
	host_free(&h);

	host_init(&h);
	h.late = 1;
	host_begin_session(&h, 0);
	feeds(&h, DATA "x\r\n.\r\n");
	host_event(&h);
	session_lost(&h.s, h.now);
	ok(!session_over(&h.s), "the client leaves before the verdict");
	host_event(&h);
	ok(session_over(&h.s) && strstr((stralloc_0(&h.log), h.log.s),
	    "A1B2: client=unknown[192.0.2.9]"), "it is logged nonetheless");
	host_free(&h);
}

/* What the client says in turn, with TLS beginning where it can. */
static const struct {
	const char *what;
	int tls, has;		/* the setting; host.hastls */
	const char *in[3], *out;
	size_t dropped;
} secrets[] = {
{ "STARTTLS, and the state is new", SESSION_TLS_MAY, 1,
  { MAIL "STARTTLS\r\n", "RCPT TO:<u@us.test>\r\n" HELLO, 0 },
  R_TLS "250 2.1.0 Ok\r\n220 2.0.0 Ready to start TLS\r\n"
  "503 5.5.1 Error: send HELO/EHLO first\r\n" R_EHLO(""), 0 },
{ "what comes in clear behind it is nothing", SESSION_TLS_MAY, 1,
  { HELLO "STARTTLS\r\nEHLO evil\r\nMAIL FROM:<x@y>\r\n", "NOOP\r\n", 0 },
  R_TLS "220 2.0.0 Ready to start TLS\r\n250 2.0.0 Ok\r\n", 28 },
{ "once only, and alone", SESSION_TLS_MAY, 1,
  { HELLO "STARTTLS x\r\nSTARTTLS\r\n", "STARTTLS\r\n", 0 },
  R_TLS "501 5.5.4 Syntax: STARTTLS\r\n220 2.0.0 Ready to start TLS\r\n"
  "554 5.5.1 Error: TLS already active\r\n", 0 },
{ "none", SESSION_TLS_NONE, 1, { HELLO "STARTTLS\r\n", 0, 0 },
  R_HELLO "502 5.5.1 Error: command not implemented\r\n", 0 },
{ "nobody there", SESSION_TLS_MAY, 0, { HELLO "STARTTLS\r\n", 0, 0 },
  R_HELLO "454 4.7.0 TLS not available due to local problem\r\n", 0 },
{ "it fails", SESSION_TLS_MAY, 2, { HELLO "STARTTLS\r\n", 0, 0 },
  R_TLS "220 2.0.0 Ready to start TLS\r\n", 0 },
{ "needed", SESSION_TLS_ENCRYPT, 1,
  { MAIL "VRFY x\r\nNOOP\r\nFOO\r\nSTARTTLS\r\n", MAIL "QUIT\r\n", 0 },
  R_TLS "530 5.7.0 Must issue a STARTTLS command first\r\n"
  "530 5.7.0 Must issue a STARTTLS command first\r\n250 2.0.0 Ok\r\n"
  "500 5.5.2 Error: command not recognized\r\n"
  "220 2.0.0 Ready to start TLS\r\n" R_EHLO("") "250 2.1.0 Ok\r\n" BYE, 0 },
{ "needed, and nobody there", SESSION_TLS_ENCRYPT, 0, { MAIL, 0, 0 },
  R_HELLO "530 5.7.0 Must issue a STARTTLS command first\r\n", 0 },
};

static void
test_tls(void)
{
	struct host h;
	size_t i, k;

	for (i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
		host_init(&h);
		h.c.tls = secrets[i].tls;
		h.hastls = secrets[i].has;
		host_begin_session(&h, 0);
		for (k = 0; k < 3 && secrets[i].in[k]; k++)
			host_feed(&h, secrets[i].in[k],
			    strlen(secrets[i].in[k]));
		stralloc_0(&h.out);
		ok(!strcmp(h.out.s, secrets[i].out) &&
		    h.dropped == secrets[i].dropped, "TLS: %s",
		    secrets[i].what);
		if (strcmp(h.out.s, secrets[i].out))
			printf("# %s\n", h.out.s);
		host_free(&h);
	}
	host_init(&h);
	h.hastls = 1;
	host_begin_session(&h, 0);
	session_wrap(&h.s);
	ok(!session_wants(&h.s) && !session_says(&h.s),
	    "implicit TLS: nothing in clear");
	host_handover(&h, 0);
	host_feed(&h, RCPT "DATA\r\nx\r\n.\r\n",
	    strlen(RCPT "DATA\r\nx\r\n.\r\n"));
	host_end(&h);
	stralloc_0(&h.out);
	stralloc_0(&h.letters);
	ok(!strncmp(h.out.s, GREET, strlen(GREET)), "then the greeting");
	ok(strstr(h.letters.s, "proto=ESMTPS\ntls=TLSv1.2 with cipher C "
	    "(1/1 bits)\nsender="), "the envelope says so");
	stralloc_0(&h.log);
	ok(strstr(h.log.s, "Anonymous TLS connection established from "
	    "unknown[192.0.2.9] to mx.us.test: TLSv1.2 with cipher C "
	    "(1/1 bits)\n") != 0, "and the log");
	host_free(&h);
}

int
main(void)
{
	test_tls();
	test_dialogues();
	test_lines();
	test_recipients();
	test_big();
	test_time();
	test_trickle();
	test_headers();
	test_limits();
	test_finish();
	ok(sizeof(struct session) <= SESSION_IDLE_OCTETS / 2,
	    "a session has %zu octets", sizeof(struct session));
	return tap_end();
}
