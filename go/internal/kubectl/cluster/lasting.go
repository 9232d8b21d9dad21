package cluster

import (
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// LastingError is why no connection can be made, nor could be if it were tried again: something that a person must
// change.
type LastingError struct{ cause error }

func (e *LastingError) Error() string { return e.cause.Error() }
func (e *LastingError) Unwrap() error { return e.cause }

// IsLasting tells those who try again that they need not.
func (e *LastingError) IsLasting() bool { return true }

// lasting marks the API server's refusals as lasting. That a pod is not there is none: another takes its place.
func lasting(err error) error {
	if apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err) {
		return &LastingError{err}
	}
	return err
}
