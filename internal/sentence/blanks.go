package sentence

// Squeeze appends a text with one space for each run of blanks. Of a message that matches a sentence, it holds the sentence's
// Phrases but for letter case.
func Squeeze(dst []byte, text string) []byte {
	for i := 0; i < len(text); {
		if !blank[text[i]] {
			dst = append(dst, text[i])
			i++
			continue
		}
		dst = append(dst, ' ')
		i = skipBlanks(text, i)
	}
	return dst
}
