package errorcode

// At returns the code that stands at i, as Extract reads it there, with the bytes that it takes: [from, to). Extract says
// which codes a message holds; this says where, for those who show or replace them.
func (t *Table) At(message string, i int) (code uint32, from, to int, ok bool) {
	from, to = i, i
	for from > 0 && class[message[from-1]]&(digit|letter) != 0 {
		from--
	}
	for to < len(message) && class[message[to]]&(digit|letter) != 0 {
		to++
	}
	if from == to || class[message[from]]&digit == 0 && message[from]|0x20 != 'c' || nextDigit(message[:to], from) == to {
		return 0, 0, 0, false
	}
	if code, ok = t.word(message, from, to); !ok {
		return 0, 0, 0, false
	}
	if from > 0 && message[from-1] == '-' && !follows(message, from-1) {
		from--
	}
	return code, from, to, true
}
