package cli

import (
	"bytes"
	"context"
	"encoding/json"

	"leaver/internal/graphclient"
)

// planJSON writes a plan for machines as it comes in, laid out like every answer.
func (s *session) planJSON(ctx context.Context, l *link, a *ask) error {
	p := &planPrinter{s: s}
	if err := l.PlanParts(ctx, a.request, p.part); err != nil {
		return err
	}
	p.closeItems()
	s.printf("\n}\n")
	return told(p.exit.status())
}

// planPrinter writes the parts of a plan.
type planPrinter struct {
	s     *session
	exit  exit
	begun bool // a property stands before
	open  bool // the items are being written
	items int
}

func (p *planPrinter) part(name string, value json.RawMessage) error {
	if name == "items" && value != nil {
		return p.item(value)
	}
	p.closeItems()
	if p.begun {
		p.s.printf(",\n  %q: ", name)
	} else {
		p.s.printf("{\n  %q: ", name)
	}
	p.begun = true
	if name == "items" {
		p.s.printf("[")
		p.open = true
		return nil
	}
	return p.value("  ", value)
}

func (p *planPrinter) item(value json.RawMessage) error {
	var item graphclient.PlanItem
	if err := json.Unmarshal(value, &item); err != nil {
		return err
	}
	p.exit.add(&item)
	if p.items++; p.items > 1 {
		p.s.printf(",")
	}
	p.s.printf("\n    ")
	return p.value("    ", value)
}

func (p *planPrinter) closeItems() {
	if !p.open {
		return
	}
	p.open = false
	if p.items > 0 {
		p.s.printf("\n  ")
	}
	p.s.printf("]")
}

func (p *planPrinter) value(indent string, value json.RawMessage) error {
	var text bytes.Buffer
	if err := json.Indent(&text, value, indent, "  "); err != nil {
		return err
	}
	p.s.printf("%s", text.Bytes())
	return nil
}
