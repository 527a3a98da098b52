package otlp

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	_ "google.golang.org/grpc/encoding/gzip" // for otlp_compression
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

type overGRPC struct {
	conn    *grpc.ClientConn
	client  plogotlp.GRPCClient
	headers metadata.MD
}

func newGRPC(c Config, e endpoint) (client, error) {
	secure := insecure.NewCredentials()
	if e.tls {
		conf, err := c.tls()
		if err != nil {
			return nil, err
		}
		secure = credentials.NewTLS(conf)
	}
	options := []grpc.DialOption{grpc.WithTransportCredentials(secure), grpc.WithDisableServiceConfig()}
	if c.Compression == "gzip" {
		options = append(options, grpc.WithDefaultCallOptions(grpc.UseCompressor("gzip")))
	}
	conn, err := grpc.NewClient(e.host, options...)
	if err != nil {
		return nil, err
	}
	return &overGRPC{conn: conn, client: plogotlp.NewGRPCClient(conn), headers: metadata.New(c.Headers)}, nil
}

func (g *overGRPC) export(ctx context.Context, request plogotlp.ExportRequest) (plogotlp.ExportResponse, error) {
	response, err := g.client.Export(metadata.NewOutgoingContext(ctx, g.headers), request)
	if err == nil {
		return response, nil
	}
	s := status.Convert(err)
	after, asked := retryInfo(s)
	switch s.Code() {
	case codes.Canceled, codes.DeadlineExceeded, codes.Aborted, codes.OutOfRange, codes.Unavailable, codes.DataLoss:
		return response, &later{err: err, after: after}
	case codes.ResourceExhausted:
		if asked {
			return response, &later{err: err, after: after}
		}
	}
	return response, err
}

// retryInfo returns how long the server asks to wait, and whether it says that waiting is of use.
func retryInfo(s *status.Status) (time.Duration, bool) {
	for _, detail := range s.Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			return min(info.GetRetryDelay().AsDuration(), maxAfter), true
		}
	}
	return 0, false
}

func (g *overGRPC) close() error { return g.conn.Close() }
