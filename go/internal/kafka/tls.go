package kafka

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"sync"
)

// TLS names PEM files. They are read anew for each connection, so that a renewed certificate needs no restart.
type TLS struct {
	// CAFile holds certificate authorities; empty means the system's.
	CAFile string
	// CertificateFile and KeyFile are what Kafka is shown; empty means nothing.
	CertificateFile, KeyFile string
}

// dialer opens connections with what the files hold now; with what they held before where that cannot be used.
type dialer struct {
	files TLS

	mutex    sync.Mutex
	contents [][]byte
	config   *tls.Config
}

// newDialer fails when the files cannot be used to begin with.
func newDialer(files TLS) (*dialer, error) {
	if (files.CertificateFile == "") != (files.KeyFile == "") {
		return nil, errors.New("a certificate for Kafka and its private key must be given together")
	}
	d := &dialer{files: files}
	return d, d.refresh()
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := tls.Dialer{NetDialer: &net.Dialer{Timeout: dialTimeout}, Config: d.current()}
	return dialer.DialContext(ctx, network, address)
}

func (d *dialer) current() *tls.Config {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if err := d.refresh(); err != nil {
		slog.Warn("Keeping the certificates for Kafka of before", "error", err)
	}
	return d.config
}

func (d *dialer) refresh() error {
	contents, err := d.read()
	if err != nil {
		return fmt.Errorf("reading the certificates for Kafka: %w", err)
	}
	if d.config != nil && slices.EqualFunc(contents, d.contents, bytes.Equal) {
		return nil
	}
	config, err := d.build(contents)
	if err != nil {
		return err
	}
	d.contents, d.config = contents, config
	return nil
}

// read returns the contents of the three files in their order; nil for one that is not named.
func (d *dialer) read() ([][]byte, error) {
	var contents [][]byte
	for _, file := range []string{d.files.CAFile, d.files.CertificateFile, d.files.KeyFile} {
		if file == "" {
			contents = append(contents, nil)
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		contents = append(contents, content)
	}
	return contents, nil
}

func (d *dialer) build(contents [][]byte) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if d.files.CAFile != "" {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(contents[0]) {
			return nil, fmt.Errorf("the file %q holds no certificate in PEM form", d.files.CAFile)
		}
	}
	if d.files.CertificateFile != "" {
		pair, err := tls.X509KeyPair(contents[1], contents[2])
		if err != nil {
			return nil, fmt.Errorf("the files %q and %q: %w", d.files.CertificateFile, d.files.KeyFile, err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}
