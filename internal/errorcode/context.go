package errorcode

// insideLonger tells whether the word is a part of something greater that is no code: a GUID, a version, a date,
// a path, an identifier with hyphens, or a number with a fraction.
func insideLonger(message string, i, end int) bool {
	if end < len(message) {
		switch c := message[end]; c {
		case '-', '.', ':', '\\', '/', '%':
			if end+1 < len(message) && class[message[end+1]]&(digit|letter) != 0 {
				return true
			}
		}
	}
	if i == 0 {
		return false
	}
	switch message[i-1] {
	case '-', '.', '\\', '/', '&', '#', '$', '+', '@':
		return follows(message, i-1) || message[i-1] != '-'
	}
	return false
}

// follows tells whether the byte at i comes right after a letter or digit.
func follows(message string, i int) bool {
	return i > 0 && class[message[i-1]]&(digit|letter) != 0
}

// announced tells whether a word such as "error" or "hr" says that the number at i is a code. Between them may stand
// blanks, one of = : ( [ and quotes, and small words such as "is" or "was".
func announced(message string, i int) bool {
	for range 3 {
		end := i
		for end > 0 && i-end <= 6 && joins(message[end-1]) {
			end--
		}
		begin := end
		for begin > 0 && class[message[begin-1]]&(digit|letter) != 0 {
			begin--
		}
		if begin == end || i-end > 6 {
			return false
		}
		w := message[begin:end]
		if announces(w) {
			return true
		}
		if !small(w) {
			return false
		}
		i = begin
	}
	return false
}

// measured tells whether a unit follows the number that ends at i.
func measured(message string, i int) bool {
	for i < len(message) && message[i] == ' ' {
		i++
	}
	end := i
	for end < len(message) && class[message[end]]&letter != 0 {
		end++
	}
	switch message[i:end] {
	case "byte", "bytes", "Bytes", "KB", "MB", "ms", "seconds", "ticks":
		return true
	}
	return false
}

// numbered tells whether the word before i says that the number is an identifier or a size.
func numbered(message string, i int) bool {
	for i > 0 && joins(message[i-1]) {
		i--
	}
	begin := i
	for begin > 0 && class[message[begin-1]]&letter != 0 {
		begin--
	}
	if i-begin > 6 {
		return false
	}
	var low [6]byte
	for k := range i - begin {
		low[k] = fold(message[begin+k])
	}
	switch string(low[:i-begin]) {
	case "size", "pid", "tid", "thread", "length", "kb", "id":
		return true
	}
	return false
}

func joins(c byte) bool {
	switch c {
	case ' ', '\t', '=', ':', '(', '[', '{', '\'', '"', '#', '>':
		return true
	}
	return false
}

func announces(w string) bool {
	var low [16]byte
	if len(w) > len(low) {
		return suffix(w, "errorcode") || suffix(w, "hresult") || suffix(w, "resultcode") || suffix(w, "exitcode")
	}
	for i := 0; i < len(w); i++ {
		low[i] = fold(w[i])
	}
	switch string(low[:len(w)]) {
	case "error", "errors", "err", "errorcode", "error_code", "lasterror", "hr", "hresult", "hres", "result",
		"resultcode", "code", "codes", "return", "returns", "returned", "returncode", "retcode", "rc", "status",
		"statuscode", "failed", "failure", "exitcode", "exit", "win32", "dwerror", "gle", "scode", "hrresult":
		return true
	}
	return suffix(w, "error") || suffix(w, "code") || suffix(w, "hresult")
}

// small tells whether the word may stand between the announcing word and the code.
func small(w string) bool {
	switch w {
	case "is", "was", "with", "of", "a", "an", "the", "code", "by":
		return true
	}
	return false
}

func suffix(w, end string) bool {
	if len(w) < len(end) {
		return false
	}
	for i := range len(end) {
		if fold(w[len(w)-len(end)+i]) != end[i] {
			return false
		}
	}
	return true
}

func fold(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// hexadecimal reads up to eight hexadecimal digits.
func hexadecimal(w string) (code uint32, ok bool) {
	if len(w) > 8 {
		return 0, false
	}
	for i := 0; i < len(w); i++ {
		switch c := class[w[i]]; {
		case c&digit != 0:
			code = code<<4 | uint32(w[i]-'0')
		case c&hexLow != 0:
			code = code<<4 | uint32(w[i]|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return code, w != ""
}

// decimal reads up to ten decimal digits that fit 32 bits.
func decimal(w string) (number uint64, ok bool) {
	if len(w) > 10 {
		return 0, false
	}
	for i := 0; i < len(w); i++ {
		if class[w[i]]&digit == 0 {
			return 0, false
		}
		number = number*10 + uint64(w[i]-'0')
	}
	return number, number < 1<<32
}
