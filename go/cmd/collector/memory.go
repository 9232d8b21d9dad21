package main

import (
	"log/slog"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// memoryShare of the container's limit is where the garbage collector begins to work harder; the rest is for what Go
// does not count.
const memoryShare = 0.85

// limitMemory tells the garbage collector the container's memory limit, which it does not look for by itself.
// GOMEMLIMIT, which it does look for, comes first.
func limitMemory(logger *slog.Logger) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	text, err := os.ReadFile("/sys/fs/cgroup/memory.max")
	if err != nil {
		return // no container, or an old kernel: there is no limit to respect
	}
	limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return // "max": no limit
	}
	soft := int64(float64(limit) * memoryShare)
	debug.SetMemoryLimit(soft)
	logger.Info("Respecting the memory limit", "limitBytes", limit, "softBytes", soft)
}
