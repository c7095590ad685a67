/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32C (Castagnoli, as in RFC 3720, B.4), to tell what was written whole from what was not.
 */
#ifndef E4_PORT_CRC_H
#define E4_PORT_CRC_H

#include <stddef.h>
#include <stdint.h>

/* Of data that continues what crc is of; 0 at the start. */
uint32_t e4_port_crc(uint32_t crc, const void *data, size_t len);

/* Little-endian, wherever the bytes lie. */
uint32_t e4_port_load32(const uint8_t bytes[4]);
void e4_port_store32(uint8_t bytes[4], uint32_t value);

#endif
