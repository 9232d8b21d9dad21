// Package layout holds the test of which packages may import which. The compiler refuses circles; this refuses imports
// that go up.
package layout
