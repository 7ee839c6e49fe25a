package locale

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed catalog
var files embed.FS

// messages holds, for each language, every message by its key. It is read
// once and never changes.
type messages map[Lang]map[string]template

// catalog reads the embedded files. Error tells what is wrong with them; a
// test asks for it, so a program that was released has a sound catalog.
var catalog = sync.OnceValues(func() (messages, error) { return load(files) })

// load reads catalog/<language>/<area>.json of every language.
func load(from fs.FS) (messages, error) {
	all := messages{}
	for _, lang := range Languages() {
		all[lang] = map[string]template{}
		names, err := fs.Glob(from, "catalog/"+string(lang)+"/*.json")
		if err != nil {
			return all, fmt.Errorf("list messages: %w", err)
		}
		for _, name := range names {
			if err := loadFile(from, name, all[lang]); err != nil {
				return all, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return all, nil
}

// loadFile adds the messages of one file to into.
func loadFile(from fs.FS, name string, into map[string]template) error {
	text, err := fs.ReadFile(from, name)
	if err != nil {
		return fmt.Errorf("read messages: %w", err)
	}
	area, _, _ := strings.Cut(strings.TrimSuffix(path.Base(name), ".json"), "-")
	return eachMember(text, func(key, message string) error {
		switch _, twice := into[key]; {
		case twice:
			return fmt.Errorf("key %q stands there twice", key)
		case !strings.HasPrefix(key, area+"."):
			return fmt.Errorf("key %q does not start with its area %q", key, area+".")
		case message == "":
			return fmt.Errorf("key %q has no text", key)
		}
		into[key] = parse(message)
		return nil
	})
}

// eachMember calls do for the members of a JSON object of strings, in their
// order. Unlike a map it shows a key that is there twice.
func eachMember(text []byte, do func(key, value string) error) error {
	in := json.NewDecoder(bytes.NewReader(text))
	token, err := in.Token()
	if err != nil {
		return fmt.Errorf("read the start of the object: %w", err)
	}
	if token != json.Delim('{') {
		return errors.New("want one object of keys and texts")
	}
	for in.More() {
		key, err := in.Token()
		if err != nil {
			return fmt.Errorf("read key: %w", err)
		}
		value, err := in.Token()
		if err != nil {
			return fmt.Errorf("read text of %v: %w", key, err)
		}
		message, ok := value.(string)
		if !ok {
			return fmt.Errorf("the text of %v is not a string", key)
		}
		if err := do(key.(string), message); err != nil { // a member's name is always a string
			return err
		}
	}
	if _, err := in.Token(); err != nil {
		return fmt.Errorf("read the end of the object: %w", err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the object")
	}
	return nil
}

// Check tells whether the catalog could be read whole.
func Check() error {
	_, err := catalog()
	return err
}

// Has tells whether there is a message for key, with or without plural forms.
func Has(lang Lang, key string) bool {
	all, _ := catalog()
	_, plain := all[lang][key]
	_, counted := all[lang][key+".other"]
	return plain || counted
}

// Keys lists the keys of an area in order, plural forms apart. An empty area
// stands for all of them.
func Keys(area string) []string {
	all, _ := catalog()
	var keys []string
	for key := range all[English] {
		if area == "" || strings.HasPrefix(key, area+".") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// Areas lists the areas that have messages, in order.
func Areas() []string {
	var areas []string
	for _, key := range Keys("") {
		area, _, _ := strings.Cut(key, ".")
		areas = append(areas, area)
	}
	return slices.Compact(areas)
}
