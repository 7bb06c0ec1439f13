package booking

// PINDigits is how many digits a PIN has.
const PINDigits = 6

// A Colleague is somebody who signed in lately in a shared browser, and may come back to
// it with their PIN.
type Colleague struct {
	ID   StaffID
	Name string
}

// CheckPIN refuses, with ErrBadPIN, what is not six digits, and what is tried first by
// whoever guesses: digits that count up or down, three that come twice, and fewer than
// three that differ.
func CheckPIN(pin string) error {
	if len(pin) != PINDigits {
		return ErrBadPIN
	}
	var digits [10]bool
	differ, up, down := 0, true, true
	for i := range len(pin) {
		if pin[i] < '0' || pin[i] > '9' {
			return ErrBadPIN
		}
		if d := pin[i] - '0'; !digits[d] {
			digits[d] = true
			differ++
		}
		if i > 0 {
			step := (int(pin[i]) - int(pin[i-1]) + 10) % 10
			up, down = up && step == 1, down && step == 9
		}
	}
	if up || down || differ < 3 || pin[:PINDigits/2] == pin[PINDigits/2:] {
		return ErrBadPIN
	}
	return nil
}
