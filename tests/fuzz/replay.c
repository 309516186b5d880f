/* replay DIRECTORY: run a fuzz target's entry on each file of its corpus,
 * without a fuzzer. tests/fuzz/run links all targets with it. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define FILE_OCTETS (1u << 20)

static int
replay(const char *dir, const char *name)
{
	static uint8_t buf[FILE_OCTETS];
	char path[1024];
	uint8_t *copy;
	size_t n;
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	if (!(f = fopen(path, "rb"))) {
		perror(path);
		return 0;
	}
	n = fread(buf, 1, sizeof buf, f);
	fclose(f);
	if (!(copy = malloc(n + !n)))
		return 0;
	memcpy(copy, buf, n);	/* so that ASan sees what is read behind it */
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
	return 1;
}

int
main(int argc, char **argv)
{
	unsigned int n = 0, bad = 0;
	struct dirent *d;
	DIR *dp;

	if (argc < 2 || !(dp = opendir(argv[1]))) {
		perror(argc < 2 ? "usage: replay DIRECTORY" : argv[1]);
		return 1;
	}
	while ((d = readdir(dp)))
		if (d->d_name[0] != '.') {
			n++;
			bad += !replay(argv[1], d->d_name);
		}
	closedir(dp);
	printf("%sok 1 - %s: %u files replayed\n1..1\n",
	    bad || !n ? "not " : "", argv[1], n);
	return bad || !n;
}
