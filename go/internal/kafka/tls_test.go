package kafka

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// authority signs certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	key := newKey(t)
	return authority{certificate: sign(t, template, template, &key.PublicKey, key), key: key}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, template, parent *x509.Certificate, public *ecdsa.PublicKey, signer *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, signer)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

// issue returns a certificate for a name and its key in PEM form.
func (a authority) issue(t *testing.T, name string) (certificate, key []byte) {
	t.Helper()
	private := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	signed := sign(t, template, a.certificate, &private.PublicKey, a.key)
	return asPEM("CERTIFICATE", signed.Raw), asPEM("PRIVATE KEY", der)
}

func asPEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func write(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// serve starts a server that asks for a certificate and answers with the name in it; it returns its address.
func (a authority) serve(t *testing.T) string {
	t.Helper()
	pair, err := tls.X509KeyPair(a.issue(t, "server"))
	if err != nil {
		t.Fatal(err)
	}
	clients := x509.NewCertPool()
	clients.AddCert(a.certificate)
	listener, err := tls.Listen("tcp", "localhost:0", &tls.Config{
		MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, ClientCAs: clients, ClientAuth: tls.RequireAndVerifyClientCert,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go answerWithName(connection)
		}
	}()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return net.JoinHostPort("localhost", port)
}

func answerWithName(connection net.Conn) {
	defer func() { _ = connection.Close() }()
	secured, _ := connection.(*tls.Conn)
	if secured.Handshake() == nil {
		_, _ = io.WriteString(connection, secured.ConnectionState().PeerCertificates[0].Subject.CommonName)
	}
}

func TestEachConnectionShowsTheCertificateThatIsInTheFileThen(t *testing.T) {
	authority := newAuthority(t)
	address := authority.serve(t)
	folder := t.TempDir()
	files := TLS{
		CAFile: filepath.Join(folder, "ca.crt"), CertificateFile: filepath.Join(folder, "tls.crt"), KeyFile: filepath.Join(folder, "tls.key"),
	}
	replace := func(certificate, key []byte) {
		write(t, files.CertificateFile, certificate)
		write(t, files.KeyFile, key)
	}
	write(t, files.CAFile, asPEM("CERTIFICATE", authority.certificate.Raw))
	replace(authority.issue(t, "first"))
	dialer, err := newDialer(files)
	if err != nil {
		t.Fatal(err)
	}
	wantName := func(want string) {
		t.Helper()
		connection, err := dialer.dial(context.Background(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = connection.Close() }()
		if name, err := io.ReadAll(connection); err != nil || string(name) != want {
			t.Errorf("the server saw %q, error %v; want %q", name, err, want)
		}
	}
	wantName("first")
	replace(authority.issue(t, "second"))
	wantName("second")

	// Half written, the certificate of one beside the key of another, and gone: what was good goes on.
	certificate, key := authority.issue(t, "third")
	write(t, files.CertificateFile, certificate[:40])
	wantName("second")
	write(t, files.CertificateFile, certificate)
	wantName("second")
	if err := os.Remove(files.KeyFile); err != nil {
		t.Fatal(err)
	}
	wantName("second")
	write(t, files.KeyFile, key)
	wantName("third")

	// Another authority is trusted as soon as it is in the file.
	write(t, files.CAFile, asPEM("CERTIFICATE", newAuthority(t).certificate.Raw))
	if connection, err := dialer.dial(context.Background(), "tcp", address); err == nil {
		_ = connection.Close()
		t.Error("a server that nobody vouches for any more is trusted")
	}
}
