package netlab

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// namesAt is where iproute2 keeps namespaces by their names.
const namesAt = "/var/run/netns/"

// inside runs f on a thread in the namespace of that name, and brings the thread
// back. One that can't be brought back is given to nobody: it ends with this
// goroutine. It does not do so without need, since programs may have been started
// that are to end with the thread that started them.
func inside(name string, f func() error) error {
	runtime.LockOSThread()
	back, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("netlab: enter %s: %w", name, err)
	}
	defer func() {
		if unix.Setns(back, unix.CLONE_NEWNET) == nil {
			runtime.UnlockOSThread()
		}
		_ = unix.Close(back)
	}()
	fd, err := unix.Open(namesAt+name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("netlab: enter %s: %w", name, err)
	}
	err = unix.Setns(fd, unix.CLONE_NEWNET)
	_ = unix.Close(fd)
	if err != nil {
		return fmt.Errorf("netlab: enter %s: %w", name, err)
	}
	return f()
}

// openTUN makes a device in the namespace that the calling thread is in. It
// lives as long as the file, whose reads and writes are one packet each.
func openTUN(device string) (*os.File, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("netlab: open /dev/net/tun: %w", err)
	}
	request, err := unix.NewIfreq(device)
	if err == nil {
		request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, request)
	}
	if err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("netlab: make device %s: %w", device, err)
	}
	return os.NewFile(uintptr(fd), device), nil
}
