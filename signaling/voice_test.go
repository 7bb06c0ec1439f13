package signaling

import (
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/signaling/sfu"
)

// spoken has a voice hear levels, one each time it is listened to, and returns
// when it began to speak and when it ended, in times listened; -1 for never.
func spoken(levels ...int) (began, ended int) {
	var v voice
	began, ended = -1, -1
	now := time.Now()
	for i, level := range levels {
		now = now.Add(watchEvery)
		a := sfu.Activity{Level: level, Levelled: true, SoundAt: now}
		if level < 0 { // nothing came
			a.SoundAt = now.Add(-time.Second)
		}
		v.hear(a, now)
		switch {
		case v.speaks && began < 0:
			began = i
		case !v.speaks && began >= 0 && ended < 0:
			ended = i
		}
	}
	return began, ended
}

func TestAVoice(t *testing.T) {
	for _, tt := range []struct {
		name         string
		levels       []int
		began, ended int
	}{
		{"a word is heard at once", []int{30, 30, 30}, 1, -1},
		{"a cough is no speech", []int{90, 35, 90, 90, 90}, -1, -1},
		{"a breath does not end it", []int{30, 30, 30, 90, 30, 30}, 1, -1},
		{"silence does", []int{30, 30, 30, 110, 110, 110, 110}, 1, 4},
		{"a fan is never speech", []int{60, 60, 60, 60, 60, 60, 60, 60}, -1, -1},
		{"what no longer comes is silence", []int{30, 30, 30, -1, -1, -1}, 1, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if began, ended := spoken(tt.levels...); began != tt.began || ended != tt.ended {
				t.Errorf("began at %d, ended at %d; want %d and %d", began, ended, tt.began, tt.ended)
			}
		})
	}
}

func TestAVoiceWithoutLevelsIsNeverSpeech(t *testing.T) {
	var v voice
	now := time.Now()
	for range 10 {
		if v.hear(sfu.Activity{SoundAt: now}, now); v.speaks {
			t.Fatal("it speaks")
		}
	}
}
