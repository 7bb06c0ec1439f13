//go:build !linux

package netlab

import "os"

func inside(string, func() error) error { return ErrUnavailable }
func openTUN(string) (*os.File, error)  { return nil, ErrUnavailable }
