# letters SENDMAIL: those that are listed
letters() {
	printf 'Subject: 1\n\nx\n' | "$1" -f s1@x.test a@dead.test b@dead.test
	printf 'Subject: 2\n\nx\n' | "$1" -f s2@x.test c@dead.test d@soft.test
	printf 'Subject: 3\n\nx\n' | "$1" -f '' e@dead.test
	printf 'Subject: 4\n\nx\n' | "$1" -f s4@x.test f@stall.test
	printf 'Subject: 5\n\nx\n' | "$1" -f s5@x.test g@soft.test
}
