"""form.py <MAILQ: what Postfix's mailq may look like (showq_compat), line by
line; prints what it says, sorted, without ids and times, each recipient with the
reason over him."""
import re
import sys

lines = sys.stdin.read().split("\n")
assert lines.pop() == ""
print(lines.pop(0))
letters, letter = [], None
for line in lines[:-2]:
    if m := re.fullmatch(r"([0-9A-F]+[*!]?) +(\d+) (\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d ) (\S+)", line):
        assert line == "%-11s %7d %20.20s %s" % (m[1], int(m[2]), m[3], m[4]), line
        letter, why = [], ""
        letters.append((m[4], re.sub("[0-9A-F]", "", m[1]), letter))
    elif m := re.fullmatch(r" *\((.*)\)", line):
        assert line == " " * max(0, 76 - len(m[1])) + "(" + m[1] + ")", line
        why = re.sub(r":\d+: ", ":PORT: ", re.sub("^delivery temporarily suspended: ", "", m[1]))
    elif m := re.fullmatch(r" +(\S+)", line):
        assert line == "%-11s %7s %-20s %s" % ("", "", "", m[1]), line
        letter.append(m[1] + " (" + why + ")")
    else:
        assert line == "" and letter is not None, line
        letter = None
for sender, mark, letter in sorted(letters):
    print(sender, mark, *sorted(letter), sep="\n\t")
assert lines[-2] == ""
assert re.fullmatch(r"-- \d+ Kbytes in %d Request%s\." % (len(letters), "s"[len(letters) == 1:]), lines[-1]), lines[-1]
