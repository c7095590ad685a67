// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"flag"
	"fmt"
	"runtime"
	"sort"
	"syscall"
	"time"
	"unsafe"

	e4 "github.com/teserakt-io/e4go"
	e4crypto "github.com/teserakt-io/e4go/crypto"
	"golang.org/x/crypto/curve25519"
	"golang.org/x/crypto/ed25519"
)

const (
	benchTopic  = "room/1/temperature"
	benchRounds = 20
)

// benchWork is an operation to be measured, and how long a call of it took in each round.
type benchWork struct {
	mode, operation string
	size, calls     int // calls in a round
	call            func() error
	rounds          []float64
}

// bench prints one line a measurement: mode, operation, bytes of text, nanoseconds of one core.
// As in test/bench/clock.h, rounds of all kinds alternate, and each figure is what a tenth of them
// stay below. A round is long enough for the garbage collector to have its turns; together they
// take about the time given.
func bench(args []string) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	each := flags.Duration("time", 400*time.Millisecond, "how long to measure each operation")
	if err := flags.Parse(args); err != nil {
		return err
	}

	runtime.GOMAXPROCS(1)
	works, err := benchWorks()
	if err != nil {
		return err
	}
	for _, work := range works {
		if work.calls, err = callsWithin(*each/benchRounds, work.call); err != nil {
			return err
		}
	}
	for i := 0; i < benchRounds; i++ {
		for _, work := range works {
			if err := work.round(); err != nil {
				return err
			}
		}
	}
	fmt.Println("mode\toperation\tbytes\tns")
	for _, work := range works {
		sort.Float64s(work.rounds)
		fmt.Printf("%s\t%s\t%d\t%.1f\n", work.mode, work.operation, work.size,
			work.rounds[benchRounds/10])
	}
	return nil
}

// benchWorks lists what is measured: both modes, both operations, texts of several sizes.
func benchWorks() ([]*benchWork, error) {
	var works []*benchWork
	for _, mode := range []string{"sk", "pk"} {
		client, err := benchClient(mode)
		if err != nil {
			return nil, err
		}
		for _, size := range []int{16, 64, 256, 1024, 16384} {
			text := bytes.Repeat([]byte{'e'}, size)
			frame, err := client.ProtectMessage(text, benchTopic)
			if err != nil {
				return nil, err
			}
			protect := func() error {
				_, err := client.ProtectMessage(text, benchTopic)
				return err
			}
			unprotect := func() error {
				_, err := client.Unprotect(frame, benchTopic)
				return err
			}
			works = append(works,
				&benchWork{mode: mode, operation: "protect", size: size, call: protect},
				&benchWork{mode: mode, operation: "unprotect", size: size, call: unprotect})
		}
	}
	return works, nil
}

func (work *benchWork) round() error {
	start, err := busy()
	if err != nil {
		return err
	}
	for n := 0; n < work.calls; n++ {
		if err := work.call(); err != nil {
			return err
		}
	}
	end, err := busy()
	if err != nil {
		return err
	}
	work.rounds = append(work.rounds, float64(end-start)/float64(work.calls))
	return nil
}

// busy is how long this process, its garbage collector included, has had a processor. The clock
// is asked for by itself: what getrusage(2) says moves in steps of several milliseconds.
func busy() (int64, error) {
	const processClock = 2
	var spent syscall.Timespec
	_, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, processClock,
		uintptr(unsafe.Pointer(&spent)), 0)
	if errno != 0 {
		return 0, errno
	}
	return spent.Nano(), nil
}

// callsWithin warms up, and finds how many calls fill the time.
func callsWithin(span time.Duration, call func() error) (int, error) {
	count := 0
	for start := time.Now(); time.Since(start) < span; count++ {
		if err := call(); err != nil {
			return 0, err
		}
	}
	return count, nil
}

// benchClient makes a client that holds a topic's key and, in public-key mode, its own public key.
func benchClient(mode string) (e4.Client, error) {
	id := e4crypto.HashIDAlias("bench")
	var config e4.ClientConfig
	var commandKey []byte
	var private ed25519.PrivateKey

	if mode == "sk" {
		commandKey = e4crypto.RandomKey()
		config = &e4.SymIDAndKey{ID: id, Key: commandKey}
	} else {
		var err error
		if _, private, err = ed25519.GenerateKey(nil); err != nil {
			return nil, err
		}
		server, err := curve25519.X25519(e4crypto.RandomKey(), curve25519.Basepoint)
		if err != nil {
			return nil, err
		}
		config = &e4.PubIDAndKey{ID: id, Key: private, C2PubKey: server}
		shared, err := curve25519.X25519(e4crypto.PrivateEd25519KeyToCurve25519(private), server)
		if err != nil {
			return nil, err
		}
		commandKey = e4crypto.Sha3Sum256(shared)
	}

	client, err := e4.NewClient(config, e4.NewInMemoryStore(nil))
	if err != nil {
		return nil, err
	}
	command, err := e4.CmdSetTopicKey(e4crypto.RandomKey(), benchTopic)
	if err != nil {
		return nil, err
	}
	if err := obey(client, command, commandKey); err != nil {
		return nil, err
	}
	if private == nil {
		return client, nil
	}
	if command, err = e4.CmdSetPubKey(private[32:], "bench"); err != nil {
		return nil, err
	}
	return client, obey(client, command, commandKey)
}

// obey protects a command, and lets the client carry it out.
func obey(client e4.Client, command, key []byte) error {
	frame, err := e4crypto.ProtectSymKey(command, key)
	if err != nil {
		return err
	}
	_, err = client.Unprotect(frame, client.GetReceivingTopic())
	return err
}
