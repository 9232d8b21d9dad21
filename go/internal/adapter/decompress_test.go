package adapter

import (
	"runtime"
	"testing"
)

// Each decoder keeps the largest window that it was asked for, outside the budget.
func TestManyProcessorsMakeFewDecoders(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(64))
	d, err := NewDecompressor(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	if cap(d.decoders) > 4 {
		t.Errorf("%d decoders may keep %d MiB for ever", cap(d.decoders), cap(d.decoders)*largestWindow>>20)
	}
}
