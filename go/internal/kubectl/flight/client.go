// Package flight asks the Arrow Flight SQL gateway of a QueryCluster.
package flight

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

// Options say which gateway is asked, and as whom.
type Options struct {
	// Dial connects to the gateway.
	Dial func(context.Context) (net.Conn, error)
	// TLS is nil for a connection in the clear.
	TLS *tls.Config
	// User and Password; a gateway without a list of users believes the name.
	User, Password string
	// Session holds options of the session by their names, such as zoned_timestamps.
	Session map[string]string
}

// Client is logged in to a gateway.
type Client struct {
	sql *flightsql.Client
	// token goes with each call.
	token func(context.Context) context.Context
}

// Sink takes a result: its schema once, then its batches in order. A batch is the sink's until Batch returns.
type Sink interface {
	Schema(*arrow.Schema) error
	Batch(arrow.RecordBatch) error
}

// Path says how the gateway got the rows.
type Path struct {
	// Name is "direct" for files that the gateway read itself, and "trino".
	Name    string `json:"path"`
	Reason  string `json:"reason"`
	QueryID string `json:"queryId"`
}

// QueryError is the gateway's word, or Trino's through it, that a statement is wrong or cannot be done.
type QueryError struct{ Message string }

func (e *QueryError) Error() string { return "the query is refused: " + e.Message }

const (
	// Some clients of gRPC take 4 MiB; a batch of wide rows may be more than the gateway aims at.
	longestMessage = 256 << 20
	cancelPatience = 2 * time.Second
)

// Connect logs in.
func Connect(ctx context.Context, o *Options) (*Client, error) {
	security := insecure.NewCredentials()
	if o.TLS != nil {
		security = credentials.NewTLS(o.TLS)
	}
	// What the connection failed of is told by the call that waits for it, not by gRPC's next try.
	var dialed error
	client, err := flightsql.NewClientCtx(ctx, "passthrough:///flight", nil, []flight.ClientMiddleware{flight.NewClientCookieMiddleware()},
		grpc.WithTransportCredentials(security),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(longestMessage)),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
			connection, err := o.Dial(ctx)
			dialed = err
			return connection, err
		}))
	if err != nil {
		return nil, fmt.Errorf("connecting to the Flight SQL gateway: %w", err)
	}
	c := &Client{sql: client}
	if err := c.login(ctx, o); err != nil {
		_ = client.Close() // it never worked
		if dialed != nil && status.Code(err) == codes.Unavailable {
			return nil, fmt.Errorf("connecting to the Flight SQL gateway: %w", dialed)
		}
		return nil, err
	}
	return c, nil
}

// ErrLogin is the gateway's refusal of a name and a password.
var ErrLogin = errors.New("the Flight SQL gateway does not take this user and password; see --flight-user")

func (c *Client) login(ctx context.Context, o *Options) error {
	known, err := c.sql.Client.AuthenticateBasicToken(ctx, o.User, o.Password)
	if status.Code(err) == codes.Unauthenticated {
		return ErrLogin
	}
	if err != nil {
		return fmt.Errorf("logging in to the Flight SQL gateway: %w", told(err))
	}
	c.token = tokenOf(known)
	if len(o.Session) == 0 {
		return nil
	}
	options := map[string]any{}
	for name, value := range o.Session {
		options[name] = value
	}
	values, err := flight.NewSessionOptionValues(options)
	if err != nil {
		return err
	}
	answer, err := c.sql.SetSessionOptions(known, &flight.SetSessionOptionsRequest{SessionOptions: values})
	if err != nil {
		return fmt.Errorf("setting options of the session: %w", told(err))
	}
	for name, refused := range answer.GetErrors() {
		return fmt.Errorf("the Flight SQL gateway refuses %q for the option %s: %v", o.Session[name], name, refused.GetValue())
	}
	return nil
}

// Close ends the connection.
func (c *Client) Close() error { return c.sql.Close() }

// Query runs one statement to its end, and gives its rows to the sink. When the context ends, the statement is cancelled.
func (c *Client) Query(ctx context.Context, sql string, sink Sink) (Path, error) {
	info, err := c.sql.Execute(c.token(ctx), sql)
	if err != nil {
		return Path{}, refused(err)
	}
	var path Path
	if err := json.Unmarshal(info.GetAppMetadata(), &path); err != nil {
		path = Path{Name: "unknown"} // another gateway than ours
	}
	if err := c.read(ctx, info, sink); err != nil {
		c.cancel(info)
		return path, err
	}
	return path, nil
}

func (c *Client) read(ctx context.Context, info *flight.FlightInfo, sink Sink) error {
	for position, endpoint := range info.GetEndpoint() {
		if err := c.readEndpoint(ctx, endpoint, sink, position == 0); err != nil {
			return err
		}
	}
	if len(info.GetEndpoint()) > 0 {
		return nil
	}
	schema, err := flight.DeserializeSchema(info.GetSchema(), nil)
	if err != nil {
		return fmt.Errorf("reading the schema of the answer: %w", err)
	}
	return sink.Schema(schema)
}

func (c *Client) readEndpoint(ctx context.Context, endpoint *flight.FlightEndpoint, sink Sink, isFirst bool) error {
	reader, err := c.sql.DoGet(c.token(ctx), endpoint.GetTicket())
	if err != nil {
		return refused(err)
	}
	defer reader.Release()
	if isFirst {
		if err := sink.Schema(reader.Schema()); err != nil {
			return err
		}
	}
	for reader.Next() {
		if err := sink.Batch(reader.RecordBatch()); err != nil {
			return err
		}
	}
	// The loop also ends at an error, and the rows so far would look like all of them.
	if err := reader.Err(); err != nil {
		return refused(err)
	}
	return nil
}

// cancel tells the gateway that nobody waits for the statement any longer.
func (c *Client) cancel(info *flight.FlightInfo) {
	ctx, stop := context.WithTimeout(context.Background(), cancelPatience)
	defer stop()
	_, _ = c.sql.CancelFlightInfo(c.token(ctx), &flight.CancelFlightInfoRequest{Info: info}) // it also ends with the connection
}

// refused tells what is wrong with a statement from what is wrong with the way to the gateway.
func refused(err error) error {
	switch status.Code(err) {
	case codes.InvalidArgument, codes.NotFound, codes.AlreadyExists, codes.PermissionDenied, codes.Unimplemented, codes.FailedPrecondition:
		return &QueryError{Message: told(err).Error()}
	default:
		return fmt.Errorf("asking the Flight SQL gateway: %w", told(err))
	}
}

// told is an error without gRPC's words around the gateway's.
func told(err error) error {
	if errors.Is(err, context.Canceled) || status.Code(err) == codes.Canceled {
		return context.Canceled
	}
	if answer, isStatus := status.FromError(err); isStatus && answer.Message() != "" {
		return errors.New(strings.TrimSpace(answer.Message()))
	}
	return err
}
