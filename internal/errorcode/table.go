package errorcode

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// columns of the table's file, in order; the signed and unsigned decimals are checked against the first.
var columns = []string{"hex", "symbol", "family", "meaning", "signed_decimal", "unsigned_decimal", "http_status", "scan_retry", "source"}

// Table is a set of known codes. It is immutable.
type Table struct {
	entries  []Entry // in the order of the file
	byCode   map[uint32]int
	bySymbol map[string]int  // upper case
	shorts   [1 << 10]uint64 // a bit for each Win32 number that may stand for its HRESULT
}

// win32 is what a Win32 number has before it as an HRESULT.
const win32 = 0x80070000

// Parse reads a table: tab-separated, with a header.
func Parse(tsv []byte) (*Table, error) {
	t := &Table{byCode: map[uint32]int{}, bySymbol: map[string]int{}}
	number := 0
	for line := range strings.Lines(string(tsv)) {
		number++
		line = strings.TrimRight(line, "\r\n")
		if number == 1 {
			if line != strings.Join(columns, "\t") {
				return nil, fmt.Errorf("error code table: line 1: header is not %q", strings.Join(columns, " "))
			}
			continue
		}
		if line == "" {
			continue
		}
		if err := t.add(strings.Split(line, "\t")); err != nil {
			return nil, fmt.Errorf("error code table: line %d: %w", number, err)
		}
	}
	if len(t.entries) == 0 {
		return nil, fmt.Errorf("error code table: no codes")
	}
	return t, nil
}

func (t *Table) add(cells []string) error {
	if len(cells) != len(columns) {
		return fmt.Errorf("%d columns, want %d", len(cells), len(columns))
	}
	code, err := strconv.ParseUint(strings.TrimPrefix(cells[0], "0x"), 16, 32)
	if err != nil || Format(uint32(code)) != cells[0] {
		return fmt.Errorf("code %q is not 0x and eight upper-case digits", cells[0])
	}
	e := Entry{Code: uint32(code), Symbol: cells[1], Family: cells[2], Meaning: cells[3], ScanRetry: cells[7] == "1"}
	if e.Symbol == "-" {
		e.Symbol = ""
	}
	if strconv.Itoa(int(int32(e.Code))) != cells[4] || strconv.FormatUint(code, 10) != cells[5] {
		return fmt.Errorf("code %s is not %s and %s in decimal", cells[0], cells[4], cells[5])
	}
	if cells[6] != "" {
		if e.HTTPStatus, err = strconv.Atoi(cells[6]); err != nil {
			return fmt.Errorf("HTTP status %q is not a number", cells[6])
		}
	}
	if cells[7] != "0" && cells[7] != "1" {
		return fmt.Errorf("scan_retry %q is neither 0 nor 1", cells[7])
	}
	if _, twice := t.byCode[e.Code]; twice {
		return fmt.Errorf("code %s stands twice", cells[0])
	}
	t.byCode[e.Code] = len(t.entries)
	if e.Symbol != "" {
		symbol := strings.ToUpper(e.Symbol)
		if _, twice := t.bySymbol[symbol]; twice {
			return fmt.Errorf("symbol %s stands twice", e.Symbol)
		}
		t.bySymbol[symbol] = len(t.entries)
	}
	if number := e.Code &^ win32; e.Code&^0xFFFF == win32 && number != 0 && e.HTTPStatus == 0 {
		t.shorts[number/64] |= 1 << (number % 64)
	}
	t.entries = append(t.entries, e)
	return nil
}

// aliases are second names of codes that the headers give two.
var aliases = map[string]uint32{
	"E_OUTOFMEMORY":             0x8007000E,
	"E_ACCESSDENIED":            0x80070005,
	"E_INVALIDARG":              0x80070057,
	"WININET_E_DECODING_FAILED": 0x80072F8F,
}

// Lookup returns what is known of a code.
func (t *Table) Lookup(code uint32) (Entry, bool) {
	i, ok := t.byCode[code]
	if !ok {
		return Entry{}, false
	}
	return t.entries[i], true
}

// Find returns what is known of a code in any spelling, or of a symbol without regard to case.
func (t *Table) Find(text string) (Entry, bool) {
	code, ok := t.Resolve(text)
	if !ok {
		return Entry{}, false
	}
	return t.Lookup(code)
}

// Resolve reads a code in any spelling, known or not, or a known symbol without regard to case.
func (t *Table) Resolve(text string) (uint32, bool) {
	if code, ok := ParseAny(text); ok {
		return code, true
	}
	symbol := strings.ToUpper(strings.TrimSpace(text))
	if i, ok := t.bySymbol[symbol]; ok {
		return t.entries[i].Code, true
	}
	code, ok := aliases[symbol]
	return code, ok
}

// Symbols returns all symbols, sorted.
func (t *Table) Symbols() []string {
	var all []string
	for _, e := range t.entries {
		if e.Symbol != "" {
			all = append(all, e.Symbol)
		}
	}
	for symbol := range aliases {
		if _, own := t.bySymbol[symbol]; !own {
			all = append(all, symbol)
		}
	}
	slices.Sort(all)
	return all
}

// Entries returns all entries in the order of the file. The slice must not be changed.
func (t *Table) Entries() []Entry { return t.entries }
