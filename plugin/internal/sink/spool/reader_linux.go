package spool

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// readerPositions returns how far the files of a folder that this process has open for reading have been read, by name.
// The tail input lives in the same process, and keeps the files it follows open. A file that two have open is read as
// far as the one that is behind.
func readerPositions(folder string) map[string]int64 {
	folder, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return nil
	}
	descriptors, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil
	}
	positions := map[string]int64{}
	for _, d := range descriptors {
		target, err := os.Readlink("/proc/self/fd/" + d.Name())
		if err != nil || filepath.Dir(target) != folder {
			continue
		}
		position, reading := descriptor(d.Name())
		if !reading {
			continue
		}
		name := filepath.Base(target)
		if other, twice := positions[name]; !twice || position < other {
			positions[name] = position
		}
	}
	return positions
}

func descriptor(fd string) (position int64, reading bool) {
	info, err := os.ReadFile("/proc/self/fdinfo/" + fd)
	if err != nil {
		return 0, false
	}
	lines := bufio.NewScanner(bytes.NewReader(info))
	for lines.Scan() {
		name, value, _ := bytes.Cut(lines.Bytes(), []byte(":"))
		text := string(bytes.TrimSpace(value))
		switch string(name) {
		case "pos":
			if position, err = strconv.ParseInt(text, 10, 64); err != nil {
				return 0, false
			}
		case "flags":
			flags, err := strconv.ParseUint(text, 8, 64)
			if err != nil {
				return 0, false
			}
			reading = flags&syscall.O_ACCMODE == syscall.O_RDONLY || flags&syscall.O_ACCMODE == syscall.O_RDWR
		}
	}
	return position, reading
}
