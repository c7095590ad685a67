// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"io"
)

// memory stores a client's state as an ordinary file would: what is written stays until it is
// written over, so a shorter state leaves the tail of a longer one behind it.
type memory struct {
	bytes []byte
	at    int
}

func (m *memory) Write(data []byte) (int, error) {
	if need := m.at + len(data); need > len(m.bytes) {
		m.bytes = append(m.bytes, make([]byte, need-len(m.bytes))...)
	}
	m.at += copy(m.bytes[m.at:], data)
	return len(data), nil
}

func (m *memory) Read(data []byte) (int, error) {
	if m.at >= len(m.bytes) {
		return 0, io.EOF
	}
	n := copy(data, m.bytes[m.at:])
	m.at += n
	return n, nil
}

func (m *memory) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekStart {
		return 0, errors.New("only ever rewound")
	}
	m.at = 0
	return 0, nil
}
