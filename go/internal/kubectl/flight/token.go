package flight

import (
	"context"

	"google.golang.org/grpc/metadata"
)

// tokenOf returns what puts the token of a context that is logged in into others. A call that cancels has a context of its own.
func tokenOf(known context.Context) func(context.Context) context.Context {
	headers, _ := metadata.FromOutgoingContext(known)
	return func(ctx context.Context) context.Context {
		return metadata.NewOutgoingContext(ctx, headers.Copy())
	}
}
