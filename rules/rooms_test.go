package rules_test

import (
	"os"
	"strings"
	"testing"
)

// The page of the architecture names each room.
func TestArchitectureNamesEachRoom(t *testing.T) {
	page, err := os.ReadFile("../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, house := range []string{"internal", "cmd"} {
		rooms, err := os.ReadDir("../" + house)
		if err != nil {
			t.Fatal(err)
		}
		for _, room := range rooms {
			name := "`" + house + "/" + room.Name()
			if room.IsDir() && !strings.Contains(string(page), name+"`") && !strings.Contains(string(page), name+"/`") {
				t.Errorf("docs/architecture.md does not name %s/%s", house, room.Name())
			}
		}
	}
}
