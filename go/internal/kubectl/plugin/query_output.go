package plugin

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// output is where an answer goes: the standard output, or a file that appears only when it is whole.
type output struct {
	*bufio.Writer
	file *os.File
	name string
}

const outputBuffer = 1 << 20

func (o *queryOptions) openOutput() (*output, error) {
	if o.file == "" {
		return &output{Writer: bufio.NewWriterSize(o.streams.Out, outputBuffer)}, nil
	}
	file, err := os.CreateTemp(filepath.Dir(o.file), ".clickstream-query-*")
	if err != nil {
		return nil, fmt.Errorf("--file %q cannot be written: %w", o.file, err)
	}
	return &output{Writer: bufio.NewWriterSize(file, outputBuffer), file: file, name: o.file}, nil
}

// close ends the output after writing it ended with an error, or without one. Of a file that is not whole nothing stays.
func (o *output) close(err error) error {
	if err == nil || o.file == nil {
		err = errors.Join(err, o.Flush())
	}
	if o.file == nil {
		return err
	}
	err = errors.Join(err, o.file.Close())
	if err == nil {
		err = os.Chmod(o.file.Name(), 0o644) // temporary files are only for their owner
	}
	if err == nil {
		err = os.Rename(o.file.Name(), o.name)
	}
	if err != nil {
		_ = os.Remove(o.file.Name()) // the error says more
	}
	return err
}

// onlyWriter keeps a writer of a format from closing what it writes to.
type onlyWriter struct{ io.Writer }
