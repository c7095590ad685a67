// SPDX-License-Identifier: Apache-2.0

// Program e4go puts the deployed Go client of E4 at the service of the tests.
//
//	e4go peer -broker HOST:PORT   a device on a broker, led by lines on standard input
//	e4go bench                    the time its operations take, as a table
package main

import (
	"fmt"
	"os"
)

const usage = "usage: e4go peer -broker HOST:PORT | e4go bench [-time DURATION]"

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}

	var err error
	switch os.Args[1] {
	case "peer":
		err = peer(os.Args[2:])
	case "bench":
		err = bench(os.Args[2:])
	default:
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "e4go:", err)
		os.Exit(1)
	}
}
