package booking

import "slices"

// A StaffRole is what a member of staff does at work. It is held in a ward, or in every
// ward of a site, or everywhere.
type StaffRole string

// The roles of staff.
const (
	Nurse         StaffRole = "nurse"
	Facilitator   StaffRole = "facilitator" // brings the iPad, and is there
	WardManager   StaffRole = "ward_manager"
	DeviceManager StaffRole = "device_manager"
	// InterpreterCoordinator finds somebody for every visit that needs an interpreter,
	// and keeps the list of them. Interpreters serve everywhere: held in a ward, the role
	// is about that ward's visits, and only held everywhere does it change the list.
	InterpreterCoordinator StaffRole = "interpreter_coordinator"
	Administrator          StaffRole = "administrator" // of accounts and places, and of no visit
	Auditor                StaffRole = "auditor"
)

// AllRoles are the roles of staff, in the order in which people are asked for one.
var AllRoles = Roles{Nurse, Facilitator, WardManager, DeviceManager, InterpreterCoordinator, Administrator, Auditor}

// Roles are what somebody holds in one place.
type Roles []StaffRole

// A Grant is a role that somebody holds in one ward, in every ward of one site, or,
// with neither, everywhere: in wards that are yet to come, too.
type Grant struct {
	Role StaffRole
	Ward WardID
	Site SiteID
}

// A Right is a kind of thing that staff may do in a ward.
type Right string

// The rights of staff.
const (
	// RunVisits is to see a ward's visits and who comes to them, and to book, start,
	// let in, hold and end them.
	RunVisits Right = "run_visits"
	// KeepPatients is to decide who may visit a patient, what they agreed to, and
	// where they lie.
	KeepPatients Right = "keep_patients"
	// UseDevices is to see a ward's iPads, and say what is the matter with one.
	UseDevices Right = "use_devices"
	// KeepDevices is to pair iPads, lend them and take them away.
	KeepDevices Right = "keep_devices"
	// StartUnclean is to start a visit on an iPad that is not clean, and answer for it.
	StartUnclean Right = "start_unclean"
	// FindInterpreters is to ask an interpreter for a visit, or another one.
	FindInterpreters Right = "find_interpreters"
	// KeepInterpreters is to see every visit that needs an interpreter, without its
	// patient, to say who goes to it, and to keep the list of them.
	KeepInterpreters Right = "keep_interpreters"
	// DecideRules is to change what a ward decides for itself.
	DecideRules Right = "decide_rules"
	// KeepAccounts is to say who works here, and as what.
	KeepAccounts Right = "keep_accounts"
	// KeepPlaces is to say which sites, wards and beds there are.
	KeepPlaces Right = "keep_places"
	// ReadAudit is to read who did what.
	ReadAudit Right = "read_audit"
	// ReadFigures is to read how visits are used, which names nobody.
	ReadFigures Right = "read_figures"
)

// AllRights are the rights of staff.
var AllRights = []Right{RunVisits, KeepPatients, UseDevices, KeepDevices, StartUnclean, FindInterpreters, KeepInterpreters, DecideRules, KeepAccounts, KeepPlaces, ReadAudit, ReadFigures}

// carries is the one place that says what each role may do. Whoever keeps accounts
// sees no patient, and whoever reads the audit changes nothing, so that neither can
// hide what they did with the other.
var carries = map[StaffRole][]Right{
	Nurse:         {RunVisits, KeepPatients, UseDevices, KeepDevices, StartUnclean, FindInterpreters},
	Facilitator:   {RunVisits, UseDevices, FindInterpreters},
	WardManager:   {RunVisits, KeepPatients, UseDevices, KeepDevices, StartUnclean, FindInterpreters, DecideRules, ReadAudit, ReadFigures},
	DeviceManager: {UseDevices, KeepDevices},

	InterpreterCoordinator: {FindInterpreters, KeepInterpreters},

	Administrator: {KeepAccounts, KeepPlaces, ReadFigures},
	Auditor:       {ReadAudit, ReadFigures},
}

// Carry reports whether one of the roles carries a right.
func (held Roles) Carry(right Right) bool {
	return slices.ContainsFunc(held, func(r StaffRole) bool { return slices.Contains(carries[r], right) })
}

// In returns the roles that a holds in a ward, there or everywhere. Only staff hold
// any.
func (a Actor) In(ward WardID) Roles {
	if a.Kind != StaffActor {
		return nil
	}
	return append(slices.Clone(a.Wards[ward]), a.Everywhere...)
}

// May reports whether a has a right in a ward. The program itself has every right.
func (a Actor) May(right Right, ward WardID) bool {
	return a.Kind == SystemActor || a.In(ward).Carry(right)
}

// MaySomewhere reports whether a has a right in any ward.
func (a Actor) MaySomewhere(right Right) bool {
	if a.MayEverywhere(right) {
		return true
	}
	for ward := range a.Wards {
		if a.May(right, ward) {
			return true
		}
	}
	return false
}

// MayEverywhere reports whether a has a right in all wards that there are and will
// be.
func (a Actor) MayEverywhere(right Right) bool {
	return a.Kind == SystemActor || a.Kind == StaffActor && a.Everywhere.Carry(right)
}

// Knows reports whether a has anything to do with a ward. To whoever has not, what
// is there does not exist.
func (a Actor) Knows(ward WardID) bool { return a.Kind == SystemActor || len(a.In(ward)) > 0 }

// Refused answers for a thing of a ward: nil when a has the right to it, missing
// when a has nothing to do with that ward, or else ErrMayNot.
func (a Actor) Refused(right Right, ward WardID, missing *Refusal) error {
	switch {
	case a.May(right, ward):
		return nil
	case ward == "" || !a.Knows(ward):
		return missing
	}
	return ErrMayNot
}
