package web

import (
	"context"
	"fmt"
	"html/template"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/wardvisit/wardvisit/booking"
)

// A drawnBoard is a board, and what is on it as it is set out.
type drawnBoard struct {
	board
	Body template.HTML
}

// drawings are the boards that were drawn in this minute. When something happens in
// a ward, every screen of the ward fetches the same board at once: it is read from
// the database and set out for the first of them, and the others are shown that.
type drawings struct {
	under singleflight.Group

	mu     sync.Mutex // guards what follows
	minute int64
	drawn  map[string]drawnBoard // by what it shows: see drawnBoard
}

// mostDrawn bounds how many boards are kept: one of each ward of a large trust.
const mostDrawn = 512

func (d *drawings) kept(key string, minute int64) (drawnBoard, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.minute != minute {
		clear(d.drawn)
		d.minute = minute
	}
	b, ok := d.drawn[key]
	return b, ok
}

func (d *drawings) keep(key string, minute int64, b drawnBoard) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.minute != minute {
		return
	}
	if d.drawn == nil || len(d.drawn) >= mostDrawn {
		d.drawn = map[string]drawnBoard{}
	}
	d.drawn[key] = b
}

// drawnBoard is a ward's day as a member of staff sees it now. Whether they may is
// asked for each of them, and so is what only they see: what they have answered.
func (s *Server) drawnBoard(ctx context.Context, by booking.Actor, ward booking.WardID, date booking.Date) (drawnBoard, error) {
	minute := s.now().Unix() / 60
	mark, err := s.desk.BoardMark(ctx, by, ward, date)
	if err != nil {
		return drawnBoard{}, err
	}
	key := fmt.Sprint(ward, date, minute, mark)
	if b, ok := s.boards.kept(key, minute); ok {
		return b, nil
	}
	// Whoever else waits for it is not to lose it when the first of them goes away.
	ctx = context.WithoutCancel(ctx)
	drawn, err, _ := s.boards.under.Do(key, func() (any, error) {
		day, err := s.desk.Board(ctx, by, ward, date)
		if err != nil {
			return drawnBoard{}, err
		}
		b := drawnBoard{board: newBoard(day, s.now())}
		var body strings.Builder
		if err := s.pages.byName["ward/today"].ExecuteTemplate(&body, "board-body", b.board); err != nil {
			return drawnBoard{}, fmt.Errorf("web: draw a board: %w", err)
		}
		b.Body = template.HTML(body.String()) //nolint:gosec // written by html/template just now
		s.boards.keep(key, minute, b)
		return b, nil
	})
	if err != nil {
		return drawnBoard{}, err
	}
	return drawn.(drawnBoard), nil
}
