package loadgenerator

import (
	"bufio"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// ReadMetric returns a metric without labels from a Prometheus page, such as process_cpu_seconds_total.
func ReadMetric(url, name string) (float64, error) {
	answer, err := http.Get(url)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }() // only read from
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if value, found := strings.CutPrefix(lines.Text(), name+" "); found {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, fmt.Errorf("%s has no metric %q: %w", url, name, lines.Err())
}
