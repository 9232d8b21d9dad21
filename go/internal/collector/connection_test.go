package collector

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func newRequest(body string) (*http.Request, *httptest.ResponseRecorder) {
	request := httptest.NewRequest(http.MethodPost, eventsPath, strings.NewReader(body))
	request.RemoteAddr = "203.0.113.9:4711"
	return request, httptest.NewRecorder()
}

// rawClient speaks to the collector byte by byte.
type rawClient struct {
	t          *testing.T
	connection *net.TCPConn
	answers    *bufio.Reader
}

// listen serves u as the real process does and returns how to stop it, and a connection to it.
func listen(t *testing.T, u *underTest, readTimeout string) (stop func(), client *rawClient) {
	t.Helper()
	config := u.config
	if readTimeout != "" {
		var err error
		if config.Limits.ReadTimeout, err = time.ParseDuration(readTimeout); err != nil {
			t.Fatal(err)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := NewPublicServer(config, u, slog.New(slog.NewTextHandler(io.Discard, nil)))
	go func() { _ = server.Serve(listener) }() // ends when the test closes it
	connection, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := connection.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	client = &rawClient{t: t, connection: connection.(*net.TCPConn), answers: bufio.NewReader(connection)}
	return func() { _ = server.Close() }, client
}

func (c *rawClient) write(text string) {
	c.t.Helper()
	if _, err := c.connection.Write([]byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *rawClient) closeWrite() {
	c.t.Helper()
	if err := c.connection.CloseWrite(); err != nil {
		c.t.Fatal(err)
	}
}

func (c *rawClient) readStatus() string {
	c.t.Helper()
	line, err := c.answers.ReadString('\n')
	if err != nil {
		c.t.Fatalf("reading the answer: %v", err)
	}
	return strings.TrimSpace(line)
}

func TestASlowHeadIsCutOff(t *testing.T) {
	u := newUnderTest(t, nil)
	stop, client := listen(t, u, "200ms")
	defer stop()
	client.write("POST /v1/events HTTP/1.1\r\nHost: x\r\n")
	rest, err := io.ReadAll(client.answers)
	if err != nil {
		t.Fatalf("the connection was not closed: %v, after %q", err, rest)
	}
}

func TestASlowBodyIsCutOff(t *testing.T) {
	u := newUnderTest(t, nil)
	stop, client := listen(t, u, "200ms")
	defer stop()
	client.write("POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{\"a\":")
	if status := client.readStatus(); status != "HTTP/1.1 408 Request Timeout" {
		t.Errorf("answer %q", status)
	}
	if _, err := io.ReadAll(client.answers); err != nil {
		t.Errorf("the connection was not closed: %v", err)
	}
	if len(u.kafka.records) > 0 {
		t.Errorf("stored %v", u.kafka.records)
	}
	if used := u.budget.Used(); used != 0 {
		t.Errorf("%d bytes are still taken", used)
	}
}

func TestAnAnnouncedBodyTakesNoMemoryBeforeItArrives(t *testing.T) {
	u := newUnderTest(t, nil)
	stop, client := listen(t, u, "")
	defer stop()
	client.write("POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\nExpect: 100-continue\r\n\r\n")
	if status := client.readStatus(); status != "HTTP/1.1 100 Continue" {
		t.Fatalf("answer %q", status)
	}
	if used := u.budget.Used(); used > 8<<10 {
		t.Errorf("%d bytes are taken for a body of which nothing has arrived", used)
	}
}

func TestHeadersBeyondTheLimitAreRefused(t *testing.T) {
	u := newUnderTest(t, nil)
	stop, client := listen(t, u, "")
	defer stop()
	client.write("POST /v1/events HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("x", 40<<10))
	if status := client.readStatus(); status != "HTTP/1.1 431 Request Header Fields Too Large" {
		t.Errorf("answer %q", status)
	}
}

func TestAPageIsToldThatItsHeadersAreTooLarge(t *testing.T) {
	u := newUnderTest(t, map[string]string{"CORS_ORIGINS": "https://shop.example", "MAX_HEADER_BYTES": "2048"})
	for name, cookies := range map[string]int{"accepted": 1500, "refused": 2500} {
		answer := u.send(t, http.MethodPost, eventsPath, `{"a":1}`, "Origin: https://shop.example", "Cookie: a="+strings.Repeat("x", cookies))
		if origin := answer.Header().Get("Access-Control-Allow-Origin"); origin != "https://shop.example" {
			t.Errorf("%s: the page may not read the answer: origin %q", name, origin)
		}
		if isRefused := answer.Code == http.StatusRequestHeaderFieldsTooLarge; isRefused != (name == "refused") {
			t.Errorf("%s: answer %d %s", name, answer.Code, answer.Body)
		} else if isRefused && (!strings.Contains(answer.Body.String(), "2048 bytes") || answer.Header().Get("Connection") != "close") {
			t.Errorf("%s: answer %s %v", name, answer.Body, answer.Header())
		}
	}
	if got := len(u.kafka.records); got != 1 {
		t.Errorf("stored %d records", got)
	}
}

func TestHeadersALittleBeyondTheLimitAreRefusedByTheHandler(t *testing.T) {
	u := newUnderTest(t, map[string]string{"CORS_ORIGINS": "*"})
	stop, client := listen(t, u, "")
	defer stop()
	client.write("POST /v1/events HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\nContent-Length: 2\r\nX-Long: " + strings.Repeat("x", 20<<10) + "\r\n\r\n{}")
	if status := client.readStatus(); status != "HTTP/1.1 431 Request Header Fields Too Large" {
		t.Fatalf("answer %q", status)
	}
	rest, err := io.ReadAll(client.answers)
	if err != nil || !strings.Contains(string(rest), "Access-Control-Allow-Origin: *") {
		t.Errorf("answer %q, error %v", rest, err)
	}
}

func TestABodyInChunksIsReadToItsEnd(t *testing.T) {
	u := newUnderTest(t, nil)
	stop, client := listen(t, u, "")
	defer stop()
	client.write("POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
		"3\r\n[1,\r\n3\r\n 2]\r\n0\r\n\r\n")
	if status := client.readStatus(); status != "HTTP/1.1 200 OK" {
		t.Errorf("answer %q", status)
	}
	if got := strings.Join(u.kafka.values(), " "); got != "1 2" {
		t.Errorf("stored %q", got)
	}
}
