// A peer on Go's standard library: small JSON answers, keyed pulls and files.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"sync"
)

type hello struct {
	Message string `json:"message"`
	N       int    `json:"n"`
}

type pulled struct {
	State   string `json:"state"`
	Content uint64 `json:"content"`
}

// A counter is one key's generator.
type counter struct {
	lock  sync.Mutex
	value uint64
}

func (c *counter) next() uint64 {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.value++
	return c.value
}

// The counters by key.
type counters struct {
	lock  sync.RWMutex
	byKey map[string]*counter
}

func (all *counters) at(key string) *counter {
	all.lock.RLock()
	found := all.byKey[key]
	all.lock.RUnlock()
	if found != nil {
		return found
	}
	all.lock.Lock()
	defer all.lock.Unlock()
	if found = all.byKey[key]; found == nil {
		found = &counter{}
		all.byKey[key] = found
	}
	return found
}

func answer(w http.ResponseWriter, value interface{}) {
	text, err := json.Marshal(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(text)
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: peer PORT FOLDER")
		os.Exit(64)
	}
	all := &counters{byKey: map[string]*counter{}}
	http.HandleFunc("/hello", func(w http.ResponseWriter, r *http.Request) {
		answer(w, hello{"Hello, World!", 1234})
	})
	http.HandleFunc("/pull", func(w http.ResponseWriter, r *http.Request) {
		key := r.URL.Query().Get("key")
		if key == "" {
			http.Error(w, "key is missing", http.StatusBadRequest)
			return
		}
		answer(w, pulled{"ready", all.at(key).next()})
	})
	http.Handle("/static/", http.StripPrefix("/static/", http.FileServer(http.Dir(os.Args[2]))))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
