package sqldb

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5/pgproto3"
)

// send compiles what is new and sends all calls as one round; it gives the last.
func (w *wire) send(calls []errand) (*compiled, error) {
	if err := w.compile(calls); err != nil {
		return nil, err
	}
	w.bind(calls)
	err := w.push()
	if err == nil {
		err = w.early(1)
	}
	return w.stmts[calls[len(calls)-1].text], err
}

// compile prepares the statements that this connection does not know yet, and
// looks whether each call has what it needs.
func (w *wire) compile(calls []errand) error {
	if err := w.learn(calls); err != nil {
		return err
	}
	for i := range calls {
		if have, need := len(calls[i].args), len(w.stmts[calls[i].text].params); have < need {
			err := calls[i].fault(fmt.Errorf("argument $%d is missing", have+1))
			w.rest(&err, 0)
			return err
		}
	}
	return nil
}

func (w *wire) learn(calls []errand) error {
	var fresh []errand
	for i := range calls {
		if w.stmts[calls[i].text] == nil {
			fresh = append(fresh, calls[i])
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	w.forget(calls, len(fresh))
	first := w.names
	for i := range fresh {
		name := "s" + strconv.Itoa(first+i)
		w.front.SendParse(&pgproto3.Parse{Name: name, Query: fresh[i].text})
		w.front.SendDescribe(&pgproto3.Describe{ObjectType: 'S', Name: name})
	}
	w.names += len(fresh)
	w.front.SendSync(&pgproto3.Sync{})
	w.owed++
	err := w.push()
	if err == nil {
		err = w.early(1)
	}
	for i := 0; i < len(fresh) && err == nil; i++ {
		c := &compiled{name: "s" + strconv.Itoa(first+i)}
		if err = w.described(c); err == nil {
			w.stmts[fresh[i].text] = c
		} else {
			err = fresh[i].fault(err)
		}
	}
	w.rest(&err, 0)
	return err
}

// forget makes room for n statements, but keeps those that calls need.
func (w *wire) forget(calls []errand, n int) {
	for text, c := range w.stmts {
		if len(w.stmts)+n <= maxStatements {
			return
		}
		if slices.ContainsFunc(calls, func(c errand) bool { return c.text == text }) {
			continue
		}
		w.front.SendClose(&pgproto3.Close{ObjectType: 'S', Name: c.name})
		delete(w.stmts, text)
	}
}

// described reads what the server says of a statement.
func (w *wire) described(c *compiled) error {
	for {
		m, err := w.receive()
		if err != nil {
			return err
		}
		switch m := m.(type) {
		case *pgproto3.ParseComplete, *pgproto3.CloseComplete:
		case *pgproto3.ParameterDescription:
			c.params = append(c.params, m.ParameterOIDs...)
		case *pgproto3.NoData:
			return nil
		case *pgproto3.RowDescription:
			c.describe(m.Fields)
			return nil
		default:
			return w.unexpected(m)
		}
	}
}

// bind writes the calls as one round, without pushing it out.
func (w *wire) bind(calls []errand) {
	for i := range calls {
		c := w.stmts[calls[i].text]
		w.arguments.encode(c.params, calls[i].args)
		w.front.SendBind(&pgproto3.Bind{PreparedStatement: c.name, ParameterFormatCodes: w.codes, Parameters: w.values, ResultFormatCodes: c.formats})
		w.front.SendExecute(&pgproto3.Execute{})
	}
	w.front.SendSync(&pgproto3.Sync{})
	w.owed++
}
