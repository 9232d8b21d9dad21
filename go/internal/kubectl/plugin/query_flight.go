package plugin

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/cluster"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/flight"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/terminal"
)

// flightOptions say how a Flight SQL gateway is asked.
type flightOptions struct {
	flightURL, flightUser, flightPasswordFile, flightCA, zones string
	isTrino                                                    bool
}

// passwordVariable keeps the password out of the list of processes.
const passwordVariable = "FLIGHT_PASSWORD"

func (o *flightOptions) addFlightFlags(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&o.flightURL, "flight-url", "",
		"address of a Flight SQL gateway, grpc://host:port or grpc+tls://host:port; by default it is found in the cluster and reached through the API server")
	flags.StringVar(&o.flightUser, "flight-user", "", "user of the gateway. Default your own name, where it asks for no password")
	flags.StringVar(&o.flightPasswordFile, "flight-password-file", "", "file of the user's password. Default the variable "+passwordVariable)
	flags.StringVar(&o.flightCA, "flight-ca", "", "file of the certificate authorities for --flight-url. Default those of the system")
	flags.StringVar(&o.zones, "zones", "", "what becomes of timestamps with time zone in arrow and parquet: utc (another zone is an error), instant (the zone is dropped) or struct. Default utc")
	flags.BoolVar(&o.isTrino, "trino", false, "ask Trino itself, though there is a gateway")
}

// hindrance is why the gateway of a QueryCluster is not asked; empty when it is.
func (o *queryOptions) hindrance(found *cluster.QueryCluster) string {
	switch {
	case o.isTrino:
		return "--trino is given"
	case found.Flight == "":
		return fmt.Sprintf("the QueryCluster %q has none; spec.flight makes one", found.Name)
	case !found.IsFlightReady:
		return fmt.Sprintf("no pod of the gateway of QueryCluster %q is ready; its condition FlightReady says why", found.Name)
	case found.HasUsers && o.flightUser == "":
		return fmt.Sprintf("the gateway of QueryCluster %q asks for a user; give --flight-user", found.Name)
	default:
		return ""
	}
}

// flightOf logs in to the gateway of a QueryCluster, through the API server.
func (o *queryOptions) flightOf(ctx context.Context, access *cluster.Access, found *cluster.QueryCluster) (*flight.Client, error) {
	address, err := parseFlight(found.Flight)
	if err != nil {
		return nil, err
	}
	name, _, _ := strings.Cut(address.host, ".")
	service := cluster.Service{Name: name, Port: address.port}
	options := &flight.Options{Dial: func(ctx context.Context) (net.Conn, error) { return access.Dial(ctx, service) }}
	if address.isTLS {
		// The API server, which proved who it is, connects to a pod of this very Service; a certificate for the name by which people reach
		// the gateway would say nothing more.
		options.TLS = &tls.Config{InsecureSkipVerify: true}
	}
	return o.login(ctx, options, found.HasUsers)
}

// directFlight logs in to the gateway at the address that the flag gives.
func (o *queryOptions) directFlight(ctx context.Context) (*flight.Client, error) {
	address, err := parseFlight(o.flightURL)
	if err != nil {
		return nil, fmt.Errorf("--flight-url %w", err)
	}
	options := &flight.Options{Dial: func(ctx context.Context) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, "tcp", net.JoinHostPort(address.host, address.port))
	}}
	if address.isTLS {
		options.TLS = &tls.Config{ServerName: address.host}
		if options.TLS.RootCAs, err = authorities(o.flightCA); err != nil {
			return nil, err
		}
	}
	return o.login(ctx, options, o.flightUser != "")
}

type flightAddress struct {
	host, port string
	isTLS      bool
}

func parseFlight(address string) (flightAddress, error) {
	parsed, err := url.Parse(address)
	if err != nil || (parsed.Scheme != "grpc" && parsed.Scheme != "grpc+tls") || parsed.Hostname() == "" || parsed.Port() == "" {
		return flightAddress{}, fmt.Errorf("must be an address such as grpc+tls://sql.example.com:32010, not %q", address)
	}
	return flightAddress{parsed.Hostname(), parsed.Port(), parsed.Scheme == "grpc+tls"}, nil
}

// authorities are nil for those of the system.
func authorities(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading --flight-ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("--flight-ca %q holds no certificate in PEM form", file)
	}
	return pool, nil
}

func (o *queryOptions) login(ctx context.Context, options *flight.Options, isAsked bool) (*flight.Client, error) {
	options.User = o.flightUser
	if options.User == "" {
		options.User = ownName()
	}
	if isAsked {
		password, err := o.password()
		if err != nil {
			return nil, err
		}
		options.Password = password
	}
	switch {
	case !o.isBinary():
		options.Session = map[string]string{"zoned_timestamps": "struct"} // of which the text is made
	case o.zones != "":
		options.Session = map[string]string{"zoned_timestamps": o.zones}
	}
	return flight.Connect(ctx, options)
}

// password reads it from the file, from the variable, or from a person.
func (o *queryOptions) password() (string, error) {
	if o.flightPasswordFile != "" {
		text, err := os.ReadFile(o.flightPasswordFile)
		if err != nil {
			return "", fmt.Errorf("reading --flight-password-file: %w", err)
		}
		return strings.TrimRight(string(text), "\r\n"), nil
	}
	if password, isGiven := os.LookupEnv(passwordVariable); isGiven {
		return password, nil
	}
	in, isFile := o.streams.In.(*os.File)
	if !isFile || !term.IsTerminal(int(in.Fd())) {
		return "", fmt.Errorf("the password of %q is missing; give --flight-password-file or the variable %s", o.flightUser, passwordVariable)
	}
	printf(o.streams.ErrOut, "Password of %s: ", o.flightUser)
	text, err := term.ReadPassword(int(in.Fd()))
	printf(o.streams.ErrOut, "\n")
	if err != nil {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	return string(text), nil
}

// writeFlight runs the SQL through a gateway, and returns what there is to say of the answer.
func (o *queryOptions) writeFlight(ctx context.Context, out io.Writer, gateway *flight.Client) (string, error) {
	begin := time.Now()
	sink := o.newSink(out)
	counted := &countedSink{Sink: sink, show: func(int64) {}}
	if terminal.IsTerminal(o.streams.ErrOut) {
		progress := terminal.NewProgress(o.streams.ErrOut, "rows")
		defer progress.Done()
		counted.show = func(rows int64) { progress.Show(rows, -1) }
	}
	path, err := gateway.Query(ctx, o.sql, counted)
	if err := errors.Join(err, sink.close(err == nil)); err != nil {
		return "", err
	}
	summary := fmt.Sprintf("%s in %v through the gateway (%s)", terminal.Count(counted.rows, "row", "rows"), time.Since(begin).Round(time.Millisecond), path.Name)
	if path.Reason != "" {
		summary += ": " + path.Reason
	}
	return summary, nil
}
