package scan

const (
	second = int64(1e9)
	day    = 86400 * second
)

// Civil turns a date and a clock into nanoseconds since 1970-01-01T00:00:00 of that wall clock. It is false for a
// date or clock that does not exist, and outside the years 1678 to 2261 that such a number can hold.
func Civil(year, month, dom, hour, minute, sec, nanos int) (wall int64, ok bool) {
	if year < 1678 || year > 2261 || month < 1 || month > 12 || dom < 1 || dom > DaysIn(year, month) {
		return 0, false
	}
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 || sec < 0 || sec > 59 || nanos < 0 || nanos >= int(second) {
		return 0, false
	}
	clock := int64(hour*3600 + minute*60 + sec)
	return daysSinceEpoch(year, month, dom)*day + clock*second + int64(nanos), true
}

// DaysIn returns the number of days of a month, 0 for a month that does not exist.
func DaysIn(year, month int) int {
	switch month {
	case 1, 3, 5, 7, 8, 10, 12:
		return 31
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 0
}

// daysSinceEpoch counts days by years that begin in March, so that the leap day comes last.
func daysSinceEpoch(year, month, dom int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era := year / 400
	yoe := year - era*400
	doy := (153*(month-3)+2)/5 + dom - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return int64(era)*146097 + int64(doe) - 719468
}

// Clock reads "H:M:S" at b[i] with one or two digits each and returns the index after it.
func Clock(b []byte, i int) (hour, minute, sec, next int, ok bool) {
	if hour, next, ok = Run(b, i, 2); !ok || next >= len(b) || b[next] != ':' {
		return 0, 0, 0, i, false
	}
	if minute, next, ok = Run(b, next+1, 2); !ok || next >= len(b) || b[next] != ':' {
		return 0, 0, 0, i, false
	}
	if sec, next, ok = Run(b, next+1, 2); !ok {
		return 0, 0, 0, i, false
	}
	return hour, minute, sec, next, true
}

// Fraction reads the digits at b[i] as a decimal fraction of a second. Nine digits count; digits is how many of them
// were written, and the index returned stands after all of them. No digit gives 0 digits.
func Fraction(b []byte, i int) (nanos int, digits uint8, next int) {
	for next = i; next < len(b) && IsDigit(b[next]); next++ {
		if digits < 9 {
			nanos = nanos*10 + int(b[next]-'0')
			digits++
		}
	}
	for n := digits; n < 9; n++ {
		nanos *= 10
	}
	return nanos, digits, next
}
