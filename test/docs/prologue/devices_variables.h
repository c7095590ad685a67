/* SPDX-License-Identifier: Apache-2.0 */
/* Examples that are some statements have no more than the others, but for clocks. */
extern bool time_is_known;
