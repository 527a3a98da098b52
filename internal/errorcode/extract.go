package errorcode

// byte classes.
const (
	digit  = 1 << iota
	hexLow // a-f, A-F
	letter // every letter, and _
	starts // a code can begin here
)

var class [256]uint8

func init() {
	for c := '0'; c <= '9'; c++ {
		class[c] = digit
	}
	for c := 'a'; c <= 'z'; c++ {
		class[c], class[c-'a'+'A'] = letter, letter
	}
	for c := 'a'; c <= 'f'; c++ {
		class[c] |= hexLow
		class[c-'a'+'A'] |= hexLow
	}
	class['_'] = letter
	// 0x.., 8xxxxxxx, Cxxxxxxx, and decimals, which may begin with any digit.
	for c := '0'; c <= '9'; c++ {
		class[c] |= starts
	}
	class['c'] |= starts
	class['C'] |= starts
}

// Extract appends the error codes that stand in the message, each once, in their order. It reads 0x and bare
// hexadecimal, signed and unsigned decimals, and short Win32 numbers after a word that announces a code. Success
// codes, and numbers that only look like codes (parts of GUIDs and of longer words, sizes, identifiers), are left out.
func (t *Table) Extract(message string, dst []uint32) []uint32 {
	own := len(dst)
	for i := 0; i < len(message); {
		c := class[message[i]]
		if c&(digit|letter) == 0 {
			i++
			continue
		}
		end := i + 1
		for end < len(message) && class[message[end]]&(digit|letter) != 0 {
			end++
		}
		if c&starts != 0 {
			if code, ok := t.word(message, i, end); ok && !contains(dst[own:], code) {
				dst = append(dst, code)
			}
		}
		i = end
	}
	return dst
}

func contains(codes []uint32, code uint32) bool {
	for _, c := range codes {
		if c == code {
			return true
		}
	}
	return false
}

// word reads the code that is the whole word message[i:end].
func (t *Table) word(message string, i, end int) (uint32, bool) {
	if insideLonger(message, i, end) {
		return 0, false
	}
	w := message[i:end]
	if len(w) > 2 && w[0] == '0' && w[1]|0x20 == 'x' {
		code, ok := hexadecimal(w[2:])
		if !ok || len(w) > 10 {
			return 0, false
		}
		if len(w) == 10 {
			return code, failure(code)
		}
		return t.short(message, i, code)
	}
	if len(w) == 8 {
		code, ok := hexadecimal(w)
		if ok && failure(code) {
			return code, t.knows(code) || announced(message, i)
		}
		if !ok {
			return 0, false
		}
	}
	number, ok := decimal(w)
	if !ok {
		return 0, false
	}
	switch minus := i > 0 && message[i-1] == '-' && !follows(message, i-1); {
	case minus:
		if number > 1<<31 {
			return 0, false
		}
		code := uint32(-int64(number))
		return code, failure(code) && (t.knows(code) || announced(message, i-1))
	case number >= 1<<31:
		code := uint32(number)
		return code, failure(code) && (t.knows(code) || announced(message, i))
	default:
		return t.short(message, i, uint32(number))
	}
}

// short reads a Win32 number after a word that announces a code; only a known HRESULT_FROM_WIN32 of it counts, or a
// number like 404 would become a code.
func (t *Table) short(message string, i int, number uint32) (uint32, bool) {
	if number == 0 || number > 0xFFFF {
		return 0, false
	}
	e, ok := t.Lookup(0x80070000 | number)
	if !ok || e.HTTPStatus != 0 || !announced(message, i) {
		return 0, false
	}
	return e.Code, true
}

func (t *Table) knows(code uint32) bool {
	_, ok := t.byCode[code]
	return ok
}

// failure tells whether the code is in the ranges of failed HRESULTs and NTSTATUS codes.
func failure(code uint32) bool {
	return code>>28 == 8 || code>>28 == 0xC
}
