package sqldb

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
)

// Values travel as text, which both sides make and read as fast as binary ones,
// and which needs no knowledge of types; only bytes go as they are.
const (
	asText   = 0
	asBinary = 1
)

// arguments holds the arguments of the statement that is being sent.
type arguments struct {
	values [][]byte
	codes  []int16
	block  []byte
	ends   []int
}

// plain gives arguments as what they are stored as: types of our own, numbers of
// other sizes, pointers, and values that convert themselves, as database/sql does it.
func plain(args []any) ([]any, error) {
	out := args
	for i, a := range args {
		switch a.(type) {
		case nil, string, int64, int, bool, float64, []byte:
			continue
		}
		v, err := driver.DefaultParameterConverter.ConvertValue(a)
		if err != nil {
			return nil, fmt.Errorf("argument $%d: %w", i+1, err)
		}
		switch v.(type) {
		case nil, string, int64, bool, float64, []byte:
		default:
			return nil, fmt.Errorf("argument $%d: a %T can't be stored", i+1, a)
		}
		if &out[0] == &args[0] {
			out = slices.Clone(args)
		}
		out[i] = v
	}
	return out, nil
}

// encode gives every parameter its argument.
func (a *arguments) encode(params []uint32, args []any) {
	a.values, a.codes, a.block, a.ends = a.values[:0], a.codes[:0], a.block[:0], a.ends[:0]
	for i, oid := range params {
		end, code := 0, int16(asText)
		switch v := args[i].(type) {
		case nil:
			end = -1
		case string:
			a.block = append(a.block, v...)
		case int64:
			a.block = strconv.AppendInt(a.block, v, 10)
		case int:
			a.block = strconv.AppendInt(a.block, int64(v), 10)
		case bool:
			a.block = strconv.AppendBool(a.block, v)
		case float64:
			a.block = strconv.AppendFloat(a.block, v, 'g', -1, 64)
		case []byte:
			a.block = append(a.block, v...)
			if oid == pgtype.ByteaOID {
				code = asBinary
			}
			if v == nil {
				end = -1
			}
		}
		if end == 0 {
			end = len(a.block)
		}
		a.codes, a.ends = append(a.codes, code), append(a.ends, end)
	}
	begin := 0
	for _, end := range a.ends { // the block has stopped moving
		if end < 0 {
			a.values = append(a.values, nil)
			continue
		}
		a.values = append(a.values, a.block[begin:end:end])
		begin = end
	}
}

// describe keeps what is needed to read the columns.
func (c *compiled) describe(fields []pgproto3.FieldDescription) {
	c.columns = make([]pgproto3.FieldDescription, len(fields))
	binary := false
	for i, f := range fields {
		f.Name = append([]byte(nil), f.Name...)
		c.columns[i] = f
		binary = binary || f.DataTypeOID == pgtype.ByteaOID
	}
	if !binary {
		return
	}
	c.formats = make([]int16, len(fields))
	for i, f := range fields {
		if f.DataTypeOID == pgtype.ByteaOID {
			c.formats[i] = asBinary
		}
	}
}

// read copies one column. What fits without a conversion goes straight there.
func (c *compiled) read(i int, cell []byte, dest any) error {
	if cell != nil {
		switch d := dest.(type) {
		case *string:
			*d = c.string(i, cell)
			return nil
		case *int64:
			if n, ok := integer(cell); ok {
				*d = n
				return nil
			}
		case *int:
			if n, ok := integer(cell); ok {
				*d = int(n)
				return nil
			}
		case *bool:
			if c.columns[i].DataTypeOID == pgtype.BoolOID {
				*d = cell[0] == 't'
				return nil
			}
		}
	}
	switch d := dest.(type) {
	case *any:
		v, err := c.value(i, cell)
		*d = v
		return err
	case *[]byte:
		*d = nil
		if cell != nil {
			*d = append([]byte{}, cell...)
		}
		return nil
	case sql.Scanner:
		v, err := c.value(i, cell)
		if err != nil {
			return err
		}
		return d.Scan(v)
	}
	v := reflect.ValueOf(dest)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return fmt.Errorf("a %T can't be written to", dest)
	}
	if cell == nil {
		return assign(v.Elem(), nil)
	}
	return assign(v.Elem(), c.string(i, cell))
}

func (c *compiled) string(i int, cell []byte) string {
	if c.columns[i].DataTypeOID == pgtype.BoolOID {
		return strconv.FormatBool(cell[0] == 't')
	}
	return string(cell)
}

// integer reads a number of up to 18 digits.
func integer(cell []byte) (int64, bool) {
	digits := cell
	if len(cell) > 0 && cell[0] == '-' {
		digits = cell[1:]
	}
	if len(digits) == 0 || len(digits) > 18 {
		return 0, false
	}
	var n int64
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = n*10 + int64(d-'0')
	}
	if len(digits) < len(cell) {
		n = -n
	}
	return n, true
}

// value gives a column as database/sql would.
func (c *compiled) value(i int, cell []byte) (driver.Value, error) {
	if cell == nil {
		return nil, nil
	}
	switch c.columns[i].DataTypeOID {
	case pgtype.Int8OID, pgtype.Int4OID, pgtype.Int2OID:
		return strconv.ParseInt(string(cell), 10, 64)
	case pgtype.Float8OID, pgtype.Float4OID:
		return strconv.ParseFloat(string(cell), 64)
	case pgtype.BoolOID:
		return cell[0] == 't', nil
	case pgtype.ByteaOID:
		return append([]byte{}, cell...), nil
	}
	return string(cell), nil
}

// clones copies the cells of a row, which are gone with the next message.
func clones(row [][]byte) [][]byte {
	n := 0
	for _, c := range row {
		n += len(c)
	}
	block, out := make([]byte, 0, n), make([][]byte, len(row))
	for i, c := range row {
		if c == nil {
			continue
		}
		at := len(block)
		block = append(block, c...)
		out[i] = block[at:len(block):len(block)]
	}
	return out
}
