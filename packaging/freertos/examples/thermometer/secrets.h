/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who this device is, until a factory writes it into its flash. Its key is what
 *
 *     e4 keygen -t symmetric -o thermometer.key && xxd -i < thermometer.key
 *
 * prints; the key server has thermometer.key. A key of zeros is refused.
 */
#define DEVICE_NAME "thermometer"

static const uint8_t device_key[E4_KEY_SIZE] = {0};
