// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"

	e4 "github.com/teserakt-io/e4go"
	e4crypto "github.com/teserakt-io/e4go/crypto"
	"golang.org/x/crypto/curve25519"
)

func newSymmetric(d *device, argument [][]byte) (string, error) {
	return d.begin(&e4.SymIDAndKey{ID: argument[0], Key: argument[1]})
}

func newPublicKey(d *device, argument [][]byte) (string, error) {
	return d.begin(&e4.PubIDAndKey{ID: argument[0], Key: argument[1], C2PubKey: argument[2]})
}

func (d *device) begin(config e4.ClientConfig) (string, error) {
	d.lock.Lock()
	defer d.lock.Unlock()

	store := &memory{}
	client, err := e4.NewClient(config, store)
	if err != nil {
		return "", err
	}
	d.client, d.store = client, store
	return toHex([]byte(client.GetReceivingTopic())), nil
}

func restart(d *device, _ [][]byte) (string, error) {
	d.lock.Lock()
	defer d.lock.Unlock()

	if d.client == nil {
		return "", errors.New("no client to restart")
	}
	client, err := e4.LoadClient(d.store)
	if err != nil {
		return "", err
	}
	d.client = client
	return toHex([]byte(client.GetReceivingTopic())), nil
}

func state(d *device, _ [][]byte) (string, error) {
	d.lock.Lock()
	defer d.lock.Unlock()

	if d.client == nil {
		return "", errors.New("no client, no state")
	}
	return toHex(d.store.bytes), nil
}

func protect(d *device, argument [][]byte) (string, error) {
	frame, err := d.protectOnly(argument[1], string(argument[0]))
	if err != nil {
		return "", err
	}
	token := d.broker.Publish(string(argument[0]), 1, false, frame)
	return toHex(frame), wait(token)
}

func (d *device) protectOnly(text []byte, topic string) ([]byte, error) {
	d.lock.Lock()
	defer d.lock.Unlock()

	if d.client == nil {
		return nil, errors.New("no client to protect with")
	}
	return d.client.ProtectMessage(text, topic)
}

func seal(_ *device, argument [][]byte) (string, error) {
	key, sent, text := argument[0], argument[1], argument[2]
	sealed, err := e4crypto.Encrypt(key, sent, text)
	if err != nil {
		return "", err
	}
	return toHex(append(sent, sealed...)), nil
}

func sign(_ *device, argument [][]byte) (string, error) {
	id, private, key, sent, text := argument[0], argument[1], argument[2], argument[3], argument[4]
	sealed, err := e4crypto.Encrypt(key, sent, text)
	if err != nil {
		return "", err
	}
	frame, err := e4crypto.Sign(id, private, sent, sealed)
	return toHex(frame), err
}

// buildCommand gives the plain form of one of e4go's eight commands.
func buildCommand(_ *device, argument [][]byte) (string, error) {
	number, key, name := argument[0], argument[1], string(argument[2])
	if len(number) != 1 {
		return "", errors.New("a command's number is one byte")
	}
	command, err := commandNumbered(number[0], key, name)
	return toHex(command), err
}

func commandNumbered(number byte, key []byte, name string) ([]byte, error) {
	switch number {
	case e4.RemoveTopic:
		return e4.CmdRemoveTopic(name)
	case e4.ResetTopics:
		return e4.CmdResetTopics()
	case e4.SetIDKey:
		return e4.CmdSetIDKey(key)
	case e4.SetTopicKey:
		return e4.CmdSetTopicKey(key, name)
	case e4.RemovePubKey:
		return e4.CmdRemovePubKey(name)
	case e4.ResetPubKeys:
		return e4.CmdResetPubKeys()
	case e4.SetPubKey:
		return e4.CmdSetPubKey(key, name)
	case e4.SetC2Key:
		return e4.CmdSetC2Key(key)
	}
	return nil, fmt.Errorf("no command %#02x", number)
}

func sharedWithServer(_ *device, argument [][]byte) (string, error) {
	secret := e4crypto.PrivateEd25519KeyToCurve25519(argument[0])
	shared, err := curve25519.X25519(secret, argument[1])
	if err != nil {
		return "", err
	}
	return toHex(e4crypto.Sha3Sum256(shared)), nil
}
