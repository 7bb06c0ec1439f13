package desk_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/intake"
)

// An actsWorld is a hospital with one thing of each kind in ward 1, and the arguments
// with which every act at the desk is tried on them.
type actsWorld struct {
	*world
	given map[reflect.Type]reflect.Value
}

func newActsWorld(t *testing.T, w *world) *actsWorld {
	t.Helper()
	v := w.book(1, today(15, 0), desk.Details{Tongue: spokenPolish})
	w.pair(deviceNumber(v.Device), 1)
	a := &actsWorld{world: w, given: map[reflect.Type]reflect.Value{}}
	for _, value := range []any{
		wardID(1), patientID(1), memberID(1), visitorID(1), deviceID(1), v.Reference, v.ID, seat(t, v, 1),
		today(16, 0), booking.Interval{}, intake.Visits, booking.DateOf(morning, london), spokenPolish, booking.Grant{Role: booking.Nurse, Ward: wardID(1)},
		booking.NoShowVisitor, booking.Contact, booking.Wipe, id[booking.StaffID]('s', 1), id[booking.SessionID]('t', 101), 10 * time.Minute,
		booking.OutcomeNotNow, booking.BasisOwn, booking.Ordinary, booking.Nurse, booking.MemberApproved,
	} {
		a.given[reflect.TypeOf(value)] = reflect.ValueOf(value)
	}
	a.given[reflect.TypeFor[booking.FactorID]()] = reflect.ValueOf(id[booking.FactorID]('k', 1))
	a.given[reflect.TypeFor[desk.Said]()] = reflect.ValueOf(desk.Said{})
	a.given[reflect.TypeFor[desk.DeviceChange]()] = reflect.ValueOf(desk.Restore{})
	return a
}

// fill makes a value of a type: the one that is given for it, or one made of such.
func (a *actsWorld) fill(of reflect.Type) reflect.Value {
	if v, ok := a.given[of]; ok {
		return v
	}
	v := reflect.New(of).Elem()
	switch of.Kind() {
	case reflect.String:
		v.SetString("words")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Slice:
		v = reflect.Append(v, a.fill(of.Elem()))
	case reflect.Struct:
		for i := range of.NumField() {
			if of.Field(i).IsExported() {
				v.Field(i).Set(a.fill(of.Field(i).Type))
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(of.Elem()))
		v.Elem().Set(a.fill(of.Elem()))
	case reflect.Func:
		v = reflect.MakeFunc(of, func([]reflect.Value) (out []reflect.Value) {
			for i := range of.NumOut() {
				out = append(out, reflect.Zero(of.Out(i)))
			}
			return out
		})
	}
	return v
}

// try calls an act, and returns what it answered.
func (a *actsWorld) try(act reflect.Method, by booking.Actor) (answer []reflect.Value, err error) {
	args := []reflect.Value{reflect.ValueOf(a.Desk), reflect.ValueOf(a.t.Context()), reflect.ValueOf(by)}
	for i := len(args); i < act.Type.NumIn(); i++ {
		args = append(args, a.fill(act.Type.In(i)))
	}
	answer = act.Func.Call(args)
	err, _ = answer[len(answer)-1].Interface().(error)
	return answer[:len(answer)-1], err
}

// everyAct are the methods of a desk that somebody asks for.
func everyAct() (acts []reflect.Method) {
	of := reflect.TypeFor[*desk.Desk]()
	for i := range of.NumMethod() {
		if act := of.Method(i); act.Type.NumIn() > 2 && act.Type.In(2) == reflect.TypeFor[booking.Actor]() {
			acts = append(acts, act)
		}
	}
	return acts
}

// whoMay is the right that each act at the desk asks of a member of staff. The rest are
// about whoever asks, of whom each sees and does their own.
var whoMay = map[booking.Right]string{
	booking.RunVisits: `AddPeople Admit Alternatives Board BoardMark Book BookAt BookSeries Cancel ChoicesOf Cover Describe End Extend FlagCount FlaggedOf
		Goodbye Grant Held Hold HoldBack HoldFor Interpreting Joinable KeepFlagged LastChangeOf LeaveWaiting Leavers Left Lock Look MayLook MoreTime
		Move MoveFor Note NoticesOwed OfferNow Offering OfferingToMove Patient Patients PlanGoodbye PlanMove PlanSeries Policies Reassign Refuse RehomeMany Release
		Remove Request RequestCount RequestsOf Review Rules RulesAgainst SeriesOf Sheet Start StopSeries Swap TaskDone Tasks TellPutBack Undo Visit
		Wait WaitingCount WaitingIn WaitsFor Wordings GoWithout HowWasIt Answer AddWords Feedback FeedbackFile`,
	booking.FindInterpreters: `AskSubstitute`,
	booking.KeepInterpreters: `AddHoursFor AddInterpreter ChangeInterpreter ChooseInterpreter CloseInterpreter ClosingTouches DropHoursFor Interpreter InterpreterWork
		Interpreters LackingCount TakeOffInterpreter ToInterpret`,
	booking.KeepPatients: `AdmitPatient Approve Bar ByNumber CancelAdmit CancelDischarge CancelTransfer Die Discharge Invite Merge Merged Pause
		RecordConsent RecordNeeds RemoveMember Resume Revive Seats SetInfection Transfer Unbar Unmerge WithdrawConsent`,
	booking.UseDevices:   `Bays Carried ChangeDevice Cleaned Devices LendTo Loans RehearseDevice Walls WardOfDevice`,
	booking.KeepDevices:  `AddWall BeginPairing RemoveWall Unpair`,
	booking.StartUnclean: `StartUnclean`,
	booking.DecideRules: `CancelClosed Close Closed EndSession Import PreviewClosure PreviewEnd PreviewPolicy PreviewProtected PreviewSessions Protect
		ReadWording Reopen SavePolicy SaveSessions Unprotect Word`,
	booking.KeepAccounts: `Account AccountByEmail Accounts AddAccount AskFactorOf CloseAccount GiveRole Places RemoveFactors ResetPassword RolesWithFactor TakeRole`,
	booking.KeepPlaces: `AddBeds AddSite AddWard ChangeWard CloseBay CloseBed CloseWard Estate LastPlaceChange OpenBed OpenWard RenameBay RenameBed
		RenameSite WardPlace`,
	booking.ReadAudit:   `Audit AuditFile AuditPatients`,
	booking.ReadFigures: `Figures`,
	own: `AllFigures FigureWards SetPIN RemovePIN CameIn WentFrom AtBedside AddHours AllWards AnswerOffer BeginFactor FactorBegun MakeRecoveryCodes ProveFactor RemoveFactor RenameFactor Strength
		Ask AskedElsewhere AuditWards Beds CheckDevice Circles DeclineSlot DropHours DropTimeOff Finished Fleet
		FreedSlot FreedSlots Heartbeat InterpreterSelf Jobs Join JoinDevice JoinVisit MatchInterpreters Propose ProveSeat Requests Screen
		SendSubstitute SetRest SignOut TakeBack TakeSlot TakeTimeOff TimeOffTouches Visits Waits Wards`,
}

const own booking.Right = "" // asks for no right

// rightOf is the right that an act asks.
func rightOf(t *testing.T, act reflect.Method) booking.Right {
	t.Helper()
	for right, acts := range whoMay {
		if slices.Contains(strings.Fields(acts), act.Name) {
			return right
		}
	}
	t.Errorf("%s: nothing says who may", act.Name)
	return own
}

// Whoever has nothing to do with a ward changes nothing in it and learns of nobody
// there, whatever they ask, though they hold every role in another.
func TestWhoHasNothingToDoWithAWard(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		a := newActsWorld(t, w)
		before := w.everything()
		outsider := booking.Actor{Kind: booking.StaffActor, ID: id[string]('s', 9), Name: "Outsider", Wards: map[booking.WardID]booking.Roles{wardID(2): booking.AllRoles}}
		for _, act := range everyAct() {
			answer, err := a.try(act, outsider)
			var refusal *booking.Refusal
			if err != nil && !errors.As(err, &refusal) {
				t.Errorf("%s fails: %v", act.Name, err)
			}
			told := ""
			for _, part := range answer {
				told += fmt.Sprintf("%+v ", part.Interface())
			}
			for _, secret := range []string{"Patient Number 1", "M00001", "Mr 1", "Visitor 1", phone(1), "iPad 1", string(a.given[reflect.TypeFor[booking.Reference]()].String())} {
				if strings.Contains(told, secret) {
					t.Errorf("%s tells them of %q", act.Name, secret)
				}
			}
		}
		w.unchanged(before)
	})
}

// A member of staff whose role does not carry the right is refused, everywhere, and
// nothing is changed; one whose role does is never told that they may not.
func TestWhatEachRoleMayAsk(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		a := newActsWorld(t, w)
		before := w.everything()
		tryAll := func(role booking.StaffRole, carried bool, judge func(name string, err error)) {
			by := booking.Actor{Kind: booking.StaffActor, ID: id[string]('s', 9), Name: "Somebody", Everywhere: booking.Roles{role}}
			for _, act := range everyAct() {
				if right := rightOf(t, act); right != own && by.May(right, wardID(1)) == carried {
					_, err := a.try(act, by)
					judge(act.Name, err)
				}
			}
		}
		for _, role := range booking.AllRoles {
			tryAll(role, false, func(name string, err error) {
				var refusal *booking.Refusal
				if !errors.As(err, &refusal) {
					t.Errorf("%s by a %s who may not: %v", name, role, err)
				}
			})
		}
		w.unchanged(before)
		for _, role := range booking.AllRoles {
			tryAll(role, true, func(name string, err error) {
				if errors.Is(err, booking.ErrMayNot) {
					t.Errorf("%s by a %s: %v", name, role, err)
				}
			})
		}
	})
}

// kept are the tables in which whoever asks leaves a trace of it: what was read, and
// how often something was tried.
var kept = []string{"audit_events", "audit_seals", "tries"}

// everything are all rows of the hospital.
func (w *world) everything() map[string][]string {
	w.t.Helper()
	list := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'`
	if strings.HasPrefix(w.url, "postgres") {
		list = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`
	}
	rows := map[string][]string{}
	for _, table := range w.lines(list) {
		if !slices.Contains(kept, table) {
			rows[table] = w.lines(`SELECT * FROM ` + table)
		}
	}
	return rows
}

// lines are the rows of a query, each as one text, in an order of their own.
func (w *world) lines(query string) (lines []string) {
	w.t.Helper()
	rows, err := w.raw.QueryContext(w.t.Context(), query)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		w.t.Fatal(err)
	}
	for rows.Next() {
		values, dest := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := rows.Scan(dest...); err != nil {
			w.t.Fatal(err)
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintln(values...)))
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	slices.Sort(lines)
	return lines
}

// unchanged fails unless all rows are as they were before.
func (w *world) unchanged(before map[string][]string) {
	w.t.Helper()
	if len(before["visits"]) == 0 {
		w.t.Fatal("nothing was looked at")
	}
	for table, now := range w.everything() {
		if !slices.Equal(now, before[table]) {
			w.t.Errorf("%s was\n%s\nand is\n%s", table, strings.Join(before[table], "\n"), strings.Join(now, "\n"))
		}
	}
}
