// A quorum register after Attiya, Bar-Noy and Dolev, as node.ts has it, in Go's own library alone.
//
// Every node has a copy of every key, and a majority of them decides. A read stores what it returns on a majority before it answers
// (read repair). --stale-reads breaks it: reads answer from the node's own copy.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
)

// Stamp orders writes: the higher counter wins, and of equal ones the later name. No two writes have the same.
type Stamp struct {
	Counter int
	Writer  string
}

func (a Stamp) newer(b Stamp) bool {
	return a.Counter > b.Counter || (a.Counter == b.Counter && a.Writer > b.Writer)
}

// Body has the fields of all messages.
type Body struct {
	Type      string          `json:"type"`
	MsgID     int             `json:"msg_id,omitempty"`
	InReplyTo int             `json:"in_reply_to,omitempty"`
	NodeID    string          `json:"node_id,omitempty"`
	NodeIDs   []string        `json:"node_ids,omitempty"`
	Key       json.RawMessage `json:"key,omitempty"`
	Value     json.RawMessage `json:"value,omitempty"`
	Stamp     *Stamp          `json:"stamp,omitempty"`
	Code      int             `json:"code,omitempty"`
	Text      string          `json:"text,omitempty"`
}

// Message is what standard input and output carry, one a line.
type Message struct {
	Src  string `json:"src"`
	Dest string `json:"dest"`
	Body Body   `json:"body"`
}

// Copy is what a node holds of a key.
type Copy struct {
	Key   json.RawMessage
	Value json.RawMessage
	Stamp Stamp
}

// majority waits for the replies of so many nodes.
type majority struct {
	needed  int
	replies []Body
	done    func([]Body)
}

var (
	id      string
	ids     []string
	nextID  = rand.Intn(1 << 40) // late replies to an earlier run have other ids
	copies  = map[string]Copy{}
	waiting = map[int]*majority{}
	out     = bufio.NewWriter(os.Stdout)
	disk    *os.File
	stale   bool
	counted int
	// A run of the node has a name of its own: it does not know how far its last one had counted.
	run = rand.Uint64()
)

const logFile = "entries.jsonl"

func main() {
	for _, argument := range os.Args[1:] {
		stale = stale || argument == "--stale-reads"
	}
	readDisk()
	var err error
	if disk, err = os.OpenFile(logFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644); err != nil {
		panic(err)
	}
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var message Message
		if err := json.Unmarshal(line, &message); err != nil {
			panic(err)
		}
		handle(message)
		if in.Buffered() == 0 {
			out.Flush()
		}
	}
}

// readDisk reads what a kill left on the disk; the last line may be half.
func readDisk() {
	file, err := os.Open(logFile)
	if err != nil {
		return
	}
	defer file.Close()
	in := bufio.NewReader(file)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var copy Copy
		if json.Unmarshal(line, &copy) == nil {
			keep(copy)
		}
	}
}

func keep(copy Copy) {
	if copy.Stamp.newer(copies[string(copy.Key)].Stamp) {
		copies[string(copy.Key)] = copy
	}
}

func copyOf(key json.RawMessage) Copy {
	if copy, found := copies[string(key)]; found {
		return copy
	}
	return Copy{Key: key, Value: json.RawMessage("null")}
}

func send(dest string, body Body) {
	line, err := json.Marshal(Message{Src: id, Dest: dest, Body: body})
	if err != nil {
		panic(err)
	}
	out.Write(append(line, '\n'))
}

func reply(request Message, body Body) {
	body.InReplyTo = request.Body.MsgID
	send(request.Src, body)
}

// askAll asks all nodes, this one too, and goes on with the replies of a majority.
func askAll(body Body, done func([]Body)) {
	all := &majority{needed: len(ids)/2 + 1, done: done}
	for _, node := range ids {
		nextID++
		waiting[nextID] = all
		body.MsgID = nextID
		send(node, body)
	}
}

// newest is the newest copy that a majority has.
func newest(key json.RawMessage, done func(Copy)) {
	askAll(Body{Type: "fetch", Key: key}, func(replies []Body) {
		best := Copy{Key: key, Value: json.RawMessage("null")}
		for _, body := range replies {
			if body.Stamp.newer(best.Stamp) {
				best = Copy{Key: key, Value: body.Value, Stamp: *body.Stamp}
			}
		}
		done(best)
	})
}

func store(copy Copy, done func()) {
	body := Body{Type: "store", Key: copy.Key, Value: copy.Value, Stamp: &copy.Stamp}
	askAll(body, func([]Body) { done() })
}

func handle(message Message) {
	body := message.Body
	if body.InReplyTo != 0 {
		all := waiting[body.InReplyTo]
		delete(waiting, body.InReplyTo)
		if all == nil {
			return // a second copy of a reply
		}
		all.replies = append(all.replies, body)
		if len(all.replies) == all.needed {
			all.done(all.replies)
		}
		return
	}
	switch body.Type {
	case "init":
		id, ids = body.NodeID, body.NodeIDs
		reply(message, Body{Type: "init_ok"})
	case "fetch":
		copy := copyOf(body.Key)
		reply(message, Body{Type: "fetch_ok", Value: copy.Value, Stamp: &copy.Stamp})
	case "store":
		// On the disk first: what was acknowledged survives a kill.
		copy := Copy{Key: body.Key, Value: body.Value, Stamp: *body.Stamp}
		line, _ := json.Marshal(copy)
		if _, err := disk.Write(append(line, '\n')); err != nil {
			panic(err)
		}
		keep(copy)
		reply(message, Body{Type: "store_ok"})
	case "read":
		answer := func(copy Copy) { reply(message, Body{Type: "read_ok", Value: copy.Value}) }
		if stale {
			answer(copyOf(body.Key))
			return
		}
		newest(body.Key, func(copy Copy) { store(copy, func() { answer(copy) }) })
	case "write":
		newest(body.Key, func(copy Copy) {
			// Two writes may have seen the same counter.
			counted = max(counted, copy.Stamp.Counter) + 1
			mine := Copy{body.Key, body.Value, Stamp{counted, fmt.Sprintf("%s %d", id, run)}}
			store(mine, func() { reply(message, Body{Type: "write_ok"}) })
		})
	default:
		reply(message, Body{Type: "error", Code: 10, Text: "no " + body.Type + " here"})
	}
}
