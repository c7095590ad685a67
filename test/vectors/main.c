/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_vectors COLLECTION...: run published and recorded test vectors against the library.
 *
 * Ours lie beside this file. The public collections are read from $E4_VECTORS, by default
 * ../shared/vectors beside the repository; where they are not, that is said, and the exit
 * code is 77 if nothing else was asked for.
 */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collections.h"

struct collection {
    const char *name;
    int (*run)(void);
    enum { OURS, PUBLIC, TAKES_LONG } kind;
};

static const struct collection collections[] = {
    {"e4go", run_e4go, OURS},
    {"rfc", run_rfc, OURS},
    {"rfc-long", run_rfc_long, TAKES_LONG},
    {"wycheproof", run_wycheproof, PUBLIC},
    {"nist", run_nist, PUBLIC},
    {"djb", run_djb, PUBLIC},
    {"miscreant", run_miscreant, PUBLIC},
    {"e4", run_siv_kat, PUBLIC},
};

static const struct collection *find(const char *name)
{
    for (size_t i = 0; i < COUNT(collections); i++)
        if (strcmp(collections[i].name, name) == 0)
            return &collections[i];
    return NULL;
}

/* Is there a reason not to run it? Then it is said. */
static bool is_left_out(const struct collection *collection)
{
    if (collection->kind == PUBLIC && suite_public_folder() == NULL) {
        printf("SKIP: the public collection %s is not here: set E4_VECTORS to its folder\n",
               collection->name);
        return true;
    }
    if (collection->kind == TAKES_LONG && getenv("E4_LONG") == NULL) {
        printf("SKIP: %s takes minutes: set E4_LONG\n", collection->name);
        return true;
    }
    return false;
}

int main(int argc, char **argv)
{
    int failed = 0;
    int left_out = 0;

    if (argc < 2) {
        fputs("usage: run_vectors COLLECTION...\n", stderr);
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        const struct collection *collection = find(argv[i]);

        if (collection == NULL) {
            fprintf(stderr, "run_vectors: no collection %s\n", argv[i]);
            return 2;
        }
        if (is_left_out(collection))
            left_out++;
        else
            failed += collection->run();
    }
    if (failed > 0)
        return 1;
    return left_out == argc - 1 ? 77 : 0;
}
