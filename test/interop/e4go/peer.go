// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	miscreant "github.com/miscreant/miscreant.go"
	e4 "github.com/teserakt-io/e4go"
	e4crypto "github.com/teserakt-io/e4go/crypto"
	"github.com/teserakt-io/e4go/keys"
)

const mqttWait = 20 * time.Second

// errorNames are the names under which the test vectors know e4go's errors.
var errorNames = map[error]string{
	e4.ErrTopicKeyNotFound:          "TopicKeyNotFound",
	e4.ErrUnsupportedOperation:      "UnsupportedOperation",
	e4.ErrInvalidCommand:            "InvalidCommand",
	e4crypto.ErrInvalidProtectedLen: "InvalidProtectedLen",
	e4crypto.ErrTooShortCiphertext:  "TooShortCiphertext",
	e4crypto.ErrTimestampInFuture:   "TimestampInFuture",
	e4crypto.ErrTimestampTooOld:     "TimestampTooOld",
	e4crypto.ErrInvalidSignature:    "InvalidSignature",
	keys.ErrPubKeyNotFound:          "PubKeyNotFound",
	miscreant.ErrNotAuthentic:       "NotAuthentic",
}

func errorName(err error) string {
	if err == nil {
		return "ok"
	}
	if name, known := errorNames[err]; known {
		return name
	}
	return "other"
}

// device is one e4go client on a broker. Lines on standard output are answers, one a request,
// and in between "message TOPIC RESULT TEXT" for everything that arrives.
type device struct {
	lock   sync.Mutex // the client and its store
	client e4.Client
	store  *memory
	broker mqtt.Client

	outLock sync.Mutex
	out     *bufio.Writer
}

func peer(args []string) error {
	flags := flag.NewFlagSet("peer", flag.ContinueOnError)
	address := flags.String("broker", "", "HOST:PORT of the broker")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *address == "" {
		return errors.New("peer needs -broker HOST:PORT")
	}

	d := &device{out: bufio.NewWriter(os.Stdout)}
	options := mqtt.NewClientOptions()
	options.AddBroker("tcp://" + *address)
	options.SetClientID("e4go-peer")
	options.SetCleanSession(true)
	options.SetAutoReconnect(false)
	d.broker = mqtt.NewClient(options)
	if err := wait(d.broker.Connect()); err != nil {
		return err
	}
	defer d.broker.Disconnect(100)
	if err := wait(d.broker.Subscribe("#", 2, d.arrived)); err != nil {
		return err
	}
	d.print("ready")
	return d.serve(os.Stdin)
}

func wait(token mqtt.Token) error {
	if !token.WaitTimeout(mqttWait) {
		return errors.New("the broker does not answer")
	}
	return token.Error()
}

func (d *device) print(fields ...string) {
	d.outLock.Lock()
	defer d.outLock.Unlock()
	fmt.Fprintln(d.out, strings.Join(fields, " "))
	d.out.Flush()
}

// arrived opens what a topic brought, and tells.
func (d *device) arrived(_ mqtt.Client, message mqtt.Message) {
	text, result := d.unprotect(message.Payload(), message.Topic())
	d.print("message", toHex([]byte(message.Topic())), result, toHex(text))
}

func (d *device) unprotect(frame []byte, topic string) (text []byte, result string) {
	defer func() {
		if recover() != nil {
			text, result = nil, "panic"
		}
	}()
	d.lock.Lock()
	defer d.lock.Unlock()
	if d.client == nil {
		return nil, "nobody"
	}
	text, err := d.client.Unprotect(frame, topic)
	return text, errorName(err)
}

// serve answers requests until the input ends.
func (d *device) serve(in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) == 0 {
			continue
		}
		answer, err := d.answer(words[0], words[1:])
		if err != nil {
			d.print("error", errorName(err), strings.ReplaceAll(err.Error(), "\n", " "))
			continue
		}
		d.print("ok", answer)
	}
	return lines.Err()
}

// request is what can be asked for: how many arguments it takes, each in hex, and who answers.
type request struct {
	arguments int
	answer    func(d *device, argument [][]byte) (string, error)
}

var requests = map[string]request{
	"new-sk":  {2, newSymmetric},     // id, key
	"new-pk":  {3, newPublicKey},     // id, private key, server's public key
	"restart": {0, restart},          // take up the stored client again
	"state":   {0, state},            // what is stored
	"protect": {2, protect},          // topic, text: protect with the client, publish
	"seal":    {3, seal},             // key, time, text: a symmetric message, or a command
	"sign":    {5, sign},             // id, private key, topic key, time, text: a signed message
	"command": {3, buildCommand},     // number, key, name or topic: the command's plain form
	"shared":  {2, sharedWithServer}, // client's private, server's public key: the command key
}

func (d *device) answer(name string, words []string) (string, error) {
	r, known := requests[name]
	if !known || len(words) != r.arguments {
		return "", fmt.Errorf("no request %q with %d arguments", name, len(words))
	}
	argument := make([][]byte, len(words))
	for i, word := range words {
		var err error
		if argument[i], err = fromHex(word); err != nil {
			return "", err
		}
	}
	return r.answer(d, argument)
}

// An empty string would be lost between spaces.
func toHex(data []byte) string {
	if len(data) == 0 {
		return "-"
	}
	return hex.EncodeToString(data)
}

func fromHex(word string) ([]byte, error) {
	if word == "-" {
		return []byte{}, nil
	}
	return hex.DecodeString(word)
}
