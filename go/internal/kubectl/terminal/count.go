package terminal

import "fmt"

// Count returns a number with the noun that it counts, as in "1 event" and "2 events".
func Count[Number ~int | ~int32 | ~int64](number Number, one, several string) string {
	if number == 1 {
		return fmt.Sprintf("%d %s", number, one)
	}
	return fmt.Sprintf("%d %s", number, several)
}
