/* SPDX-License-Identifier: Apache-2.0 */
/* The collections of vectors: each runs its cmocka tests and returns how many failed. */
#ifndef COLLECTIONS_H
#define COLLECTIONS_H

int run_e4go(void);
int run_rfc(void);
int run_rfc_long(void);
int run_wycheproof(void);
int run_nist(void);
int run_djb(void);
int run_miscreant(void);
int run_siv_kat(void);

#endif
