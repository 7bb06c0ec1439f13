package web

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// auditFileTime is how long the audit may take to be sent, a part of it at a time.
const auditFileTime = 10 * time.Minute

// auditHead names the columns of the file.
var auditHead = []string{
	"number", "at (UTC)", "at the ward", "who kind", "who id", "who", "what", "what in words", "of", "of name", "ward id", "why",
}

// auditFile handles GET /ward/audit/file.csv. It is sent as it is read; if that fails
// half-way the file is cut off, and the browser says that it failed.
func (s *Server) auditFile(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, q, err := s.auditAsked(r, by)
	if err != nil {
		return err
	}
	if !p.OK() || len(p.Matches) > 0 {
		return seeOther(w, r, auditAt(p.with()))
	}
	q.Before = 0
	_ = http.NewResponseController(w).SetWriteDeadline(s.now().Add(auditFileTime)) // where it can be set
	out := csv.NewWriter(w)
	begun := false
	err = s.desk.AuditFile(r.Context(), by, q, func(ward booking.Ward, rows []desk.AuditRow) error {
		if !begun {
			begun = true
			w.Header().Set("Content-Type", "text/csv; charset=utf-8")
			w.Header().Set("Content-Disposition", `attachment; filename="audit-`+booking.DateOf(s.now(), ward.Site.Zone).String()+`.csv"`)
			if _, err := w.Write([]byte("\ufeff")); err != nil { // or spreadsheets take it for another encoding
				return err
			}
			_ = out.Write(auditHead) // what fails is kept for Error
		}
		for _, row := range rows {
			_ = out.Write(auditCells(row, ward.Site.Zone))
		}
		out.Flush()
		return out.Error()
	})
	if err != nil && begun {
		s.log.ErrorContext(r.Context(), "file of the audit cut off", "request", about(r.Context()).id, "err", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

func auditCells(row desk.AuditRow, zone *time.Location) []string {
	cells := []string{
		strconv.FormatInt(row.Seq, 10), row.At.UTC().Format("2006-01-02 15:04:05.000000"), row.At.In(zone).Format("2006-01-02 15:04:05 MST"),
		string(row.By.Kind), row.By.ID, row.Who, string(row.Action), actionText(row.Action), row.Subject, row.Whose, string(row.Ward), row.Reason,
	}
	for i, cell := range cells {
		cells[i] = noFormula(cell)
	}
	return cells
}

// noFormula keeps a spreadsheet from calculating what somebody has typed.
func noFormula(cell string) string {
	first := strings.TrimLeft(cell, " \u00a0\u200b\ufeff")
	if strings.IndexAny(cell, "\t\r\n") == 0 || first != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(first)[0]) {
		return "'" + cell
	}
	return cell
}
