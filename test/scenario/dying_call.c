/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into a program, kills it when it has written something and wants it to be on the
 * disk: the moment at which a power cut is worst. */
#include <signal.h>
#include <unistd.h>

int fsync(int fd)
{
    (void)fd;
    return raise(SIGKILL);
}
