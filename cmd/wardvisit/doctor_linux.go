package main

import "syscall"

// clockSynchronised asks the kernel whether somebody disciplines its clock, as
// adjtimex(2) says; nothing is changed by asking.
func clockSynchronised() (synchronised, known bool) {
	const unsynchronised = 0x40 // STA_UNSYNC
	var now syscall.Timex       // no modes: to read alone
	if _, err := syscall.Adjtimex(&now); err != nil {
		return false, false
	}
	return now.Status&unsynchronised == 0, true
}

// fileLimit is how many files and sockets this user may have open.
func fileLimit() (files uint64, known bool) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, false
	}
	return limit.Cur, true
}

// freeSpace is what a folder's disk has left for us, in bytes.
func freeSpace(folder string) (free uint64, known bool) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		return 0, false
	}
	return disk.Bavail * uint64(disk.Bsize), true
}
