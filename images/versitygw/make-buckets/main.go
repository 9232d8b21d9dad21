// Command make-buckets makes the folders that versitygw's posix backend serves as buckets:
// make-buckets FOLDER BUCKET... It leaves buckets that are there alone.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: make-buckets FOLDER BUCKET...")
		os.Exit(2)
	}
	for _, bucket := range os.Args[2:] {
		if err := os.MkdirAll(filepath.Join(os.Args[1], bucket), 0o755); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
